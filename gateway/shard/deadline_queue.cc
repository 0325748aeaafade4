#include "gateway/shard/deadline_queue.h"

namespace earshot::gateway {

void DeadlineQueue::set(Ssrc session, std::optional<SteadyTime> deadline) {
  const auto found = index_.find(session);
  if (found == index_.end()) {
    if (!deadline) return;
    heap_.push_back({});
    place(heap_.size() - 1, {.deadline = *deadline, .session = session});
    move_up(heap_.size() - 1);
    return;
  }
  const std::size_t at = found->second;
  if (!deadline) return remove_at(at);
  const bool sooner = *deadline < heap_[at].deadline;
  heap_[at].deadline = *deadline;
  if (sooner)
    move_up(at);
  else
    move_down(at);
}

std::optional<SteadyTime> DeadlineQueue::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline;
}

std::optional<Ssrc> DeadlineQueue::pop_due(SteadyTime now) {
  if (heap_.empty() || heap_.front().deadline > now) return std::nullopt;
  const Ssrc session = heap_.front().session;
  remove_at(0);
  return session;
}

void DeadlineQueue::place(std::size_t at, Node node) {
  heap_[at] = node;
  index_[node.session] = at;
}

void DeadlineQueue::move_up(std::size_t at) {
  const Node node = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (heap_[parent].deadline <= node.deadline) break;
    place(at, heap_[parent]);
    at = parent;
  }
  place(at, node);
}

void DeadlineQueue::move_down(std::size_t at) {
  const Node node = heap_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].deadline < heap_[child].deadline) ++child;
    if (heap_[child].deadline >= node.deadline) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, node);
}

void DeadlineQueue::remove_at(std::size_t at) {
  index_.erase(heap_[at].session);
  const Node last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  place(at, last);
  move_up(at);
  move_down(index_.at(last.session));
}

}  // namespace earshot::gateway
