#include "gateway/shard/shard_proxy.h"

#include <utility>

#include "gateway/shard/shard.h"

namespace earshot::gateway {

void ShardProxy::post_control(auth::ClientId from, std::string payload, SteadyTime received) {
  if (pending_.fetch_add(1, std::memory_order_relaxed) >= kMaxPendingControl) {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  asio::post(executor_, [this, from = std::move(from), payload = std::move(payload), received] {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    shard_.handle_control(from, payload, received);
  });
}

void ShardProxy::post_presence(const DeviceId& device, bool online) {
  asio::post(executor_, [this, device, online] { shard_.handle_presence(device, online); });
}

void ShardProxy::request_stats(Executor reply_to, std::function<void(ShardStats)> done) {
  asio::post(executor_, [this, reply_to = std::move(reply_to), done = std::move(done)]() mutable {
    asio::post(reply_to,
               [done = std::move(done), stats = shard_.stats()]() mutable { done(std::move(stats)); });
  });
}

}  // namespace earshot::gateway
