#include "gateway/live/workers/worker_pool.h"

#include <algorithm>
#include <tuple>

#include "common/base/check.h"

namespace earshot::gateway {

// The report lags behind what was just opened here, and knows of other gateways: the larger number is nearer.
std::uint32_t WorkerPool::Entry::sessions() const {
  return std::max(own_sessions, reported_sessions);
}

std::uint64_t WorkerPool::Entry::score() const {
  return std::uint64_t{1000} * sessions() / capacity + busy_permille;
}

void WorkerPool::add(WorkerKey worker, std::uint32_t capacity) {
  EARSHOT_CHECK(capacity > 0, "a worker without capacity");
  workers_[worker] = Entry{.capacity = capacity};
}

void WorkerPool::remove(WorkerKey worker) {
  workers_.erase(worker);
}

void WorkerPool::set_load(WorkerKey worker, std::uint32_t sessions, std::uint32_t busy_permille) {
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  found->second.reported_sessions = sessions;
  found->second.busy_permille = std::min(busy_permille, std::uint32_t{1000});
}

void WorkerPool::set_draining(WorkerKey worker) {
  if (const auto found = workers_.find(worker); found != workers_.end()) found->second.draining = true;
}

void WorkerPool::session_added(WorkerKey worker) {
  if (const auto found = workers_.find(worker); found != workers_.end()) ++found->second.own_sessions;
}

void WorkerPool::session_removed(WorkerKey worker) {
  const auto found = workers_.find(worker);
  if (found != workers_.end() && found->second.own_sessions > 0) --found->second.own_sessions;
}

void WorkerPool::set_silent(WorkerKey worker) {
  if (const auto found = workers_.find(worker); found != workers_.end()) found->second.silent = true;
}

void WorkerPool::heard(WorkerKey worker) {
  if (const auto found = workers_.find(worker); found != workers_.end()) found->second.silent = false;
}

bool WorkerPool::has_room_beside(WorkerKey worker) const {
  return std::ranges::any_of(workers_, [worker](const auto& item) {
    const Entry& entry = item.second;
    return item.first != worker && !entry.draining && !entry.silent && entry.sessions() < entry.capacity;
  });
}

std::optional<WorkerKey> WorkerPool::choose(std::span<const WorkerKey> exclude) {
  const auto rank = [](const Entry& entry) {
    return std::tuple(entry.silent, entry.score(), entry.last_chosen);
  };
  auto best = workers_.end();
  for (auto it = workers_.begin(); it != workers_.end(); ++it) {
    const Entry& entry = it->second;
    if (entry.draining || entry.sessions() >= entry.capacity) continue;
    if (std::ranges::find(exclude, it->first) != exclude.end()) continue;
    if (best == workers_.end() || rank(entry) < rank(best->second)) best = it;
  }
  if (best == workers_.end()) return std::nullopt;
  best->second.last_chosen = ++choices_;
  return best->first;
}

}  // namespace earshot::gateway
