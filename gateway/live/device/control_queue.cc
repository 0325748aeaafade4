#include "gateway/live/device/control_queue.h"

#include <utility>

namespace earshot::gateway {

void ControlQueue::push(Item item) {
  const DeviceId device = item.from.device;
  const auto [found, is_new] = waiting_.try_emplace(device);
  Waiting& waiting = found->second;
  if (item.online) {
    make_room_for_presence(waiting, item);
  } else if (!has_room(waiting, item)) {
    ++dropped_;
    if (is_new) waiting_.erase(found);
    return;
  }
  waiting.bytes += cost(item);
  bytes_ += cost(item);
  waiting.items.push_back(std::move(item));
  if (is_new) turns_.push_back(device);
}

std::optional<ControlQueue::Item> ControlQueue::pop() {
  if (turns_.empty()) return std::nullopt;
  DeviceId device = std::move(turns_.front());
  turns_.pop_front();
  const auto found = waiting_.find(device);
  Waiting& waiting = found->second;
  Item item = std::move(waiting.items.front());
  waiting.items.pop_front();
  waiting.bytes -= cost(item);
  bytes_ -= cost(item);
  if (waiting.items.empty()) {
    waiting_.erase(found);
  } else {
    turns_.push_back(std::move(device));
  }
  return item;
}

bool ControlQueue::has_room(const Waiting& waiting, const Item& item) const {
  return waiting.items.size() < kMaxMessages && waiting.bytes + cost(item) <= kMaxBytes &&
         bytes_ + cost(item) <= kMaxAllBytes;
}

void ControlQueue::make_room_for_presence(Waiting& waiting, const Item& item) {
  const bool replaces = !waiting.items.empty() && waiting.items.back().online &&
                        waiting.items.back().from.text == item.from.text;
  if (!replaces && waiting.items.size() < kMaxMessages) return;
  if (!replaces) ++dropped_;
  waiting.bytes -= cost(waiting.items.back());
  bytes_ -= cost(waiting.items.back());
  waiting.items.pop_back();
}

}  // namespace earshot::gateway
