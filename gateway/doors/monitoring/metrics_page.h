// What a gateway's shards have counted, for Prometheus. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/metrics.h"
#include "gateway/live/shard/shard_stats.h"

namespace earshot::gateway {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

struct GatewayFigures {
  bool broker_connected = false;
  std::vector<ShardStats> shards;
  NamedCounts others;  // of what belongs to no shard
};

// docs/metrics.md lists the names.
void write_metrics(const GatewayFigures& figures, metrics::Page& page);

}  // namespace earshot::gateway
