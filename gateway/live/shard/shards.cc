#include "gateway/live/shard/shards.h"

#include <memory>
#include <utility>

namespace earshot::gateway {

namespace {

// What all have told so far. Its handlers run on one executor.
template <class Told>
struct Gathering {
  std::size_t waiting;
  std::function<void(Told)> done;
  Told told{};

  void one_has_told() {
    if (--waiting == 0) done(std::move(told));
  }
};

template <class Told>
std::shared_ptr<Gathering<Told>> gather(std::size_t from, std::function<void(Told)> done) {
  return std::make_shared<Gathering<Told>>(Gathering<Told>{.waiting = from, .done = std::move(done)});
}

}  // namespace

void Shards::stats(const Executor& reply_to, std::function<void(std::vector<ShardStats>)> done) const {
  const auto gathering = gather(size(), std::move(done));
  for (ShardProxy* shard : all_) {
    shard->request_stats(reply_to, [gathering](ShardStats stats) {
      gathering->told.push_back(std::move(stats));
      gathering->one_has_told();
    });
  }
}

void Shards::sessions(const Executor& reply_to, std::function<void(std::vector<SessionView>)> done) const {
  const auto gathering = gather(size(), std::move(done));
  for (ShardProxy* shard : all_) {
    shard->request_sessions(reply_to, [gathering](std::vector<SessionView> found) {
      for (SessionView& session : found) gathering->told.push_back(std::move(session));
      gathering->one_has_told();
    });
  }
}

void Shards::drain(const std::string& worker, const Executor& reply_to,
                   std::function<void(bool known)> done) const {
  const auto gathering = gather(size(), std::move(done));
  for (ShardProxy* shard : all_) {
    shard->post_drain(worker, reply_to, [gathering](bool known) {
      gathering->told = gathering->told || known;
      gathering->one_has_told();
    });
  }
}

}  // namespace earshot::gateway
