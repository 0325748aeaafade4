// What happens to devices, told to whoever listens: server-sent events, the MQTT event topics, the tests.
//
// Runs on: the gateway's main executor.
// Owns: the last kKept events, so that a browser that lost its connection can catch up. Subscribers must not
// block; they may unsubscribe from inside a call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/json/json.h"

namespace earshot::gateway {

struct Event {
  std::uint64_t id = 0;  // grows by one; given by the hub, above all ids of earlier runs of the gateway
  std::int64_t at_ms = 0;
  std::string kind;   // online, offline, session, turn, tool, command, firmware, device, worker
  DeviceId device;    // empty: about the system
  json::object data;  // what the kind tells (docs/api.md); never a secret
};

class EventHub {
 public:
  static constexpr std::size_t kKept = 1024;
  using Listener = std::function<void(const Event&)>;
  using Subscription = std::uint64_t;

  // Ids begin at the time, in ms: as long as there are fewer than 1000 events a second, no id comes twice.
  explicit EventHub(const Clock& clock);

  void publish(std::string kind, const DeviceId& device, json::object data);
  Subscription subscribe(Listener listener);
  void unsubscribe(Subscription subscription);
  // Kept events younger than `after_id`, oldest first.
  void replay(std::uint64_t after_id, const Listener& listener) const;
  // Whether replay(after_id) gives everything since. False: it is too long ago, or of an earlier run.
  bool reaches(std::uint64_t after_id) const;
  std::size_t subscribers() const { return listeners_.size(); }

 private:
  const Clock& clock_;
  std::uint64_t last_id_ = 0;
  Subscription last_subscription_ = 0;
  std::deque<Event> kept_;
  std::map<Subscription, Listener> listeners_;
};

}  // namespace earshot::gateway
