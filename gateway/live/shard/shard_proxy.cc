#include "gateway/live/shard/shard_proxy.h"

#include <utility>

#include "gateway/live/shard/shard.h"

namespace earshot::gateway {

void ShardProxy::post_control(auth::ClientId from, std::string payload, SteadyTime received) {
  const std::size_t bytes = payload.size();
  const bool full = pending_.fetch_add(1, std::memory_order_relaxed) >= kMaxPendingControl;
  const bool large = pending_bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes > kMaxPendingBytes;
  if (full || large) {
    arrived(bytes);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  asio::post(executor_,
             [this, from = std::move(from), payload = std::move(payload), received, bytes]() mutable {
               arrived(bytes);
               shard_.accept({.from = std::move(from), .payload = std::move(payload), .received = received});
             });
}

void ShardProxy::post_order(DeviceId device, DeviceOrder order, Executor reply_to, OrderDone done) {
  asio::post(executor_, [this, device = std::move(device), order = std::move(order),
                         reply_to = std::move(reply_to), done = std::move(done)]() mutable {
    shard_.handle_order(device, std::move(order), [reply_to, done = std::move(done)](OrderOutcome outcome) {
      asio::post(reply_to, [done, outcome = std::move(outcome)]() mutable { done(std::move(outcome)); });
    });
  });
}

void ShardProxy::post_presence_unknown() {
  asio::post(executor_, [this] { shard_.handle_presence_unknown(); });
}

void ShardProxy::post_presence(auth::ClientId client, bool online) {
  asio::post(executor_, [this, client = std::move(client), online]() mutable {
    shard_.accept({.from = std::move(client), .payload = {}, .received = {}, .online = online});
  });
}

void ShardProxy::post_device_facts(DeviceId device, DeviceFacts facts) {
  asio::post(executor_, [this, device = std::move(device), facts = std::move(facts)]() mutable {
    shard_.handle_facts(device, std::move(facts));
  });
}

void ShardProxy::post_forget_device(DeviceId device) {
  asio::post(executor_, [this, device = std::move(device)] { shard_.handle_forget(device); });
}

void ShardProxy::post_forget_dialogue(DeviceId device) {
  asio::post(executor_, [this, device = std::move(device)] { shard_.handle_forget_dialogue(device); });
}

void ShardProxy::post_throw_out(auth::ClientId client, std::string last_words) {
  asio::post(executor_, [this, client = std::move(client), last_words = std::move(last_words)] {
    shard_.handle_throw_out(client, last_words);
  });
}

void ShardProxy::post_close_session(DeviceId device, SessionId session, std::string reason) {
  asio::post(executor_,
             [this, device = std::move(device), session = std::move(session), reason = std::move(reason)] {
               shard_.handle_close_session(device, session, reason);
             });
}

void ShardProxy::post_say(DeviceId device, std::string id, std::string text, Executor reply_to,
                          std::function<void(SayVerdict)> done) {
  asio::post(executor_, [this, device = std::move(device), id = std::move(id), text = std::move(text),
                         reply_to = std::move(reply_to), done = std::move(done)]() mutable {
    asio::post(reply_to,
               [done = std::move(done), said = shard_.handle_say(device, id, text)] { done(said); });
  });
}

void ShardProxy::post_notebook(DeviceId device, NotebookNews notebook) {
  asio::post(executor_, [this, device = std::move(device), notebook = std::move(notebook)] {
    ipc::Notebook told;
    write_notebook(notebook, told);
    shard_.handle_notebook(device, told);
  });
}

void ShardProxy::post_memory(DeviceId device, SessionId session, ipc::MemoryDown known) {
  asio::post(executor_, [this, device = std::move(device), session = std::move(session),
                         known = std::move(known)] { shard_.handle_memory(device, session, known); });
}

void ShardProxy::post_recite(Recitals::Wanted wanted, Executor reply_to, Recitals::Done done) {
  asio::post(executor_, [this, wanted = std::move(wanted), reply_to = std::move(reply_to),
                         done = std::move(done)]() mutable {
    shard_.handle_recite(std::move(wanted), [reply_to, done = std::move(done)](Result<Speech> speech) {
      asio::post(reply_to, [done, speech = std::move(speech)]() mutable { done(std::move(speech)); });
    });
  });
}

void ShardProxy::post_drain(std::string worker, Executor reply_to, std::function<void(bool)> done) {
  asio::post(executor_, [this, worker = std::move(worker), reply_to = std::move(reply_to),
                         done = std::move(done)]() mutable {
    asio::post(reply_to, [done = std::move(done), known = shard_.handle_drain(worker)] { done(known); });
  });
}

void ShardProxy::post_agents(AgentParts parts) {
  asio::post(executor_,
             [this, parts = std::move(parts)]() mutable { shard_.handle_agents(std::move(parts)); });
}

void ShardProxy::post_session_config(SessionConfig config) {
  asio::post(executor_, [this, config] { shard_.handle_session_config(config); });
}

void ShardProxy::post_link_keys(LinkKeysPtr keys) {
  asio::post(executor_,
             [this, keys = std::move(keys)]() mutable { shard_.handle_link_keys(std::move(keys)); });
}

void ShardProxy::request_stats(Executor reply_to, std::function<void(ShardStats)> done) {
  asio::post(executor_, [this, reply_to = std::move(reply_to), done = std::move(done)]() mutable {
    asio::post(reply_to,
               [done = std::move(done), stats = shard_.stats()]() mutable { done(std::move(stats)); });
  });
}

void ShardProxy::request_sessions(Executor reply_to, std::function<void(std::vector<SessionView>)> done) {
  asio::post(executor_, [this, reply_to = std::move(reply_to), done = std::move(done)]() mutable {
    asio::post(reply_to, [done = std::move(done), sessions = shard_.sessions()]() mutable {
      done(std::move(sessions));
    });
  });
}

void ShardProxy::arrived(std::size_t bytes) {
  pending_.fetch_sub(1, std::memory_order_relaxed);
  pending_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

}  // namespace earshot::gateway
