// All shards of a gateway, as everybody else sees them: who asks need not know how many there are, nor which of
// them has a device.
//
// Runs on: any thread, once add() has been called for all of them; before that, the thread that adds.
// Borrows: the shards, which outlive their users.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/ids.h"
#include "gateway/live/shard/shard_proxy.h"
#include "gateway/live/shard/shard_stats.h"

namespace earshot::gateway {

class Shards {
 public:
  void add(ShardProxy& shard) { all_.push_back(&shard); }

  // True while the gateway is starting: there is nobody to ask.
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }

  // A device stays on one shard for the life of the process.
  // REQUIRES: !empty().
  std::size_t index_of(const DeviceId& device) const { return std::hash<DeviceId>{}(device) % all_.size(); }
  ShardProxy& of(const DeviceId& device) const { return *all_[index_of(device)]; }

  template <class Visitor>
  void each(Visitor&& visitor) const {
    for (ShardProxy* shard : all_) visitor(*shard);
  }

  // `done` is called once, on `reply_to`, when every shard has told; never, if one stops before, or when empty().
  void stats(const Executor& reply_to, std::function<void(std::vector<ShardStats>)> done) const;
  void sessions(const Executor& reply_to, std::function<void(std::vector<SessionView>)> done) const;
  // No new sessions for this worker. `done` with false: no shard has a link to it.
  void drain(const std::string& worker, const Executor& reply_to, std::function<void(bool known)> done) const;

 private:
  std::vector<ShardProxy*> all_;
};

}  // namespace earshot::gateway
