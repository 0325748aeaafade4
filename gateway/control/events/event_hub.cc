#include "gateway/control/events/event_hub.h"

#include <utility>
#include <vector>

namespace earshot::gateway {

EventHub::EventHub(const Clock& clock)
    : clock_(clock),
      last_id_(static_cast<std::uint64_t>(
          std::chrono::duration_cast<Milliseconds>(clock.wall().time_since_epoch()).count())) {}

void EventHub::publish(std::string kind, const DeviceId& device, json::object data) {
  const auto wall = std::chrono::duration_cast<Milliseconds>(clock_.wall().time_since_epoch());
  kept_.push_back({.id = ++last_id_,
                   .at_ms = wall.count(),
                   .kind = std::move(kind),
                   .device = device,
                   .data = std::move(data)});
  if (kept_.size() > kKept) kept_.pop_front();
  const Event event = kept_.back();  // a listener may publish in its turn
  std::vector<Subscription> ids;
  for (const auto& [id, listener] : listeners_) ids.push_back(id);
  for (const Subscription id : ids) {
    const auto found = listeners_.find(id);
    if (found == listeners_.end()) continue;  // it was unsubscribed by another one
    const Listener listener = found->second;
    listener(event);
  }
}

EventHub::Subscription EventHub::subscribe(Listener listener) {
  listeners_.emplace(++last_subscription_, std::move(listener));
  return last_subscription_;
}

void EventHub::unsubscribe(Subscription subscription) {
  listeners_.erase(subscription);
}

void EventHub::replay(std::uint64_t after_id, const Listener& listener) const {
  for (const Event& event : kept_) {
    if (event.id > after_id) listener(event);
  }
}

bool EventHub::reaches(std::uint64_t after_id) const {
  const std::uint64_t before_oldest = last_id_ - kept_.size();
  return after_id >= before_oldest && after_id <= last_id_;
}

}  // namespace earshot::gateway
