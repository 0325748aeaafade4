#include "gateway/doors/monitoring/metrics_page.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace earshot::gateway {

namespace {

// A worker names itself: not more series than workers that a cell can hold.
constexpr std::size_t kMaxWorkers = 256;

// All workers of one name as one: those that run with the same certificate have the same, and a page with the same series
// twice is refused as a whole. As busy as the busiest; draining when all of them are.
std::vector<WorkerAssignment::WorkerView> by_name(const std::vector<WorkerAssignment::WorkerView>& workers) {
  std::vector<WorkerAssignment::WorkerView> named;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& worker : workers) {
    const auto known = places.find(worker.id);
    if (known == places.end()) {
      if (named.size() == kMaxWorkers) continue;
      places.emplace(worker.id, named.size());
      named.push_back({.id = worker.id,
                       .capacity = worker.capacity,
                       .sessions = worker.sessions,
                       .busy_permille = worker.busy_permille,
                       .draining = worker.draining});
      continue;
    }
    auto& sum = named[known->second];
    sum.capacity += worker.capacity;
    sum.sessions += worker.sessions;
    sum.busy_permille = std::max(sum.busy_permille, worker.busy_permille);
    sum.draining = sum.draining && worker.draining;
  }
  return named;
}

void write_event(const std::string& event, const std::string& shard, std::uint64_t count,
                 metrics::Page& page) {
  page.counter("earshot_gateway_events_total",
               "What has happened, what was dropped and refused; docs/operations.md explains the events.",
               {{"event", event}, {"shard", shard}}, static_cast<double>(count));
}

void write_shard(const ShardStats& stats, metrics::Page& page) {
  const std::string shard = std::to_string(stats.index);
  page.gauge("earshot_gateway_sessions", "Open now.", {{"shard", shard}},
             static_cast<double>(stats.sessions));
  page.gauge("earshot_gateway_workers", "Linked now.", {{"shard", shard}},
             static_cast<double>(stats.workers.size()));
  for (const auto& worker : by_name(stats.workers)) {
    const metrics::Labels labels{{"shard", shard}, {"worker", worker.id}};
    page.gauge("earshot_gateway_worker_sessions", "Sessions of this shard at the worker.", labels,
               worker.sessions);
    page.gauge("earshot_gateway_worker_capacity", "Sessions the worker is willing to hold.", labels,
               worker.capacity);
    page.gauge("earshot_gateway_worker_busy_ratio", "Of its processing pool, as it reports.", labels,
               worker.busy_permille / 1000.0);
    page.gauge("earshot_gateway_worker_draining", "1: it takes no new session.", labels, worker.draining);
  }
  for (const auto& [event, count] : stats.counters) write_event(event, shard, count, page);
}

}  // namespace

void write_metrics(const GatewayFigures& figures, metrics::Page& page) {
  page.gauge("earshot_gateway_broker_connected", "1: the MQTT link is up.", {}, figures.broker_connected);
  for (const ShardStats& shard : figures.shards) write_shard(shard, page);
  for (const auto& [event, count] : figures.others) write_event(event, "", count, page);
}

}  // namespace earshot::gateway
