// What is kept of a device beside the database, as a value, and its form as bytes (proto/kept.proto): so that its
// conversation outlives the session, and the gateway. Pure.
//
// The bytes hold a key and what was said: they are a Secret, and whoever stores them seals them. Who stored them is not
// trusted for more than that: what no gateway writes is refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "gateway/doors/mqtt_udp/leg_remains.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

// A session over MQTT and UDP that went on when this was written.
struct KeptTalk {
  SessionIdentity identity;
  std::string client_id;
  DeviceHello hello;
  LegRemains leg;
  Milliseconds age{};          // since the hello
  std::uint16_t udp_port = 0;  // where the device sends
  // Its checkpoint is KeptDevice's. nullopt: it can only be ended.
  std::optional<SessionRemains> remains = std::nullopt;
};

struct KeptDevice {
  DeviceId device;
  std::string agent;       // empty: the usual one
  std::string checkpoint;  // empty: there was none
  std::chrono::system_clock::time_point at{};
  std::optional<KeptTalk> talk = std::nullopt;
};

inline constexpr std::uint32_t kKeptVersion = 1;

Secret write_kept(const KeptDevice& kept);
// The same, for the gateway after the one that takes it up: that one uses numbers of datagrams before it writes any.
Secret write_taken_up(KeptDevice kept);
// kInvalid: another version, or nothing that write_kept() makes.
Result<KeptDevice> read_kept(std::string_view bytes);

// Where it goes: a device's bytes replace its ones before; empty bytes: nothing is kept of it any more.
struct KeptRecord {
  DeviceId device;
  Secret bytes;
};
// Returns at once. `done` is called once, on any thread, when the records are stored or given up.
using KeepRecords = std::function<void(std::vector<KeptRecord>, std::function<void()> done)>;

}  // namespace earshot::gateway
