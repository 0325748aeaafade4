// The sessions of one shard, found by ssrc or device; and to whom a device's message belongs.
//
// Runs on: the shard's thread.
// Owns: the sessions.
// Borrows: counters, config and memory, which outlive it.
// Bounded by SessionConfig::max_sessions.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/ssrc_map.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

class SessionTable {
 public:
  SessionTable(SessionCounters& counters, const SessionConfig& config, SessionMemory& memory);
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  struct Speaker {
    std::string language;
    std::string agent = {};
  };
  // Fresh id and ssrc, for the session that is made next.
  SessionIdentity identify(const DeviceId& device, Speaker who) const;
  // A hello. The device's session before it, if any, is replaced and erased.
  // RETURNS: nullptr if the table is full.
  Session* open(SessionIdentity identity, const DeviceHello& hello, std::unique_ptr<DeviceLeg> leg,
                SteadyTime now);
  // REQUIRES: no pointer to it is used afterwards. Unknown: nothing happens.
  void erase(Ssrc ssrc);

  Session* find(Ssrc ssrc);
  Session* find(const DeviceId& device);
  std::size_t size() const { return by_ssrc_.size(); }
  template <class Visitor>  // visitor(Session&); must not open or erase
  void for_each(Visitor&& visitor) {
    by_ssrc_.for_each([&visitor](Ssrc, std::unique_ptr<Session>& session) { visitor(*session); });
  }

 private:
  SessionCounters& counters_;
  const SessionConfig& config_;
  SessionMemory& memory_;
  SsrcMap<std::unique_ptr<Session>> by_ssrc_;
  std::unordered_map<DeviceId, Session*> by_device_;
};

enum class ControlRoute {
  kNewSession,      // a hello
  kToSession,       // to the session of this device
  kGoodbyeUnknown,  // answer goodbye with the message's session id: the device clings to a session that is
                    // over, perhaps since before a restart (device-protocol 2.3)
  kIgnore,
};
// `current` is the session of the sending device or nullptr.
// REQUIRES: `control` is kGood.
ControlRoute route_control(const ParsedControl& control, const Session* current);

}  // namespace earshot::gateway
