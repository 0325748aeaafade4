// The devices that are connected to a shard: one line each of either wire. What a device is told goes to the
// line that came last.
//
// Runs on: the shard's thread.
// Owns: the lines, with whoever holds one for the duration of a call or of a session.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/auth/device_credentials.h"
#include "common/auth/websocket_token.h"
#include "gateway/live/device/device_line.h"

namespace earshot::gateway {

class LineTable {
 public:
  using Line = std::shared_ptr<DeviceLine>;

  // RETURNS: the one of the same wire that had the place; nullptr: none.
  Line put(Line line);
  // Unless a newer one has its place.
  void remove(DeviceLine& line);
  void clear();

  // nullptr: not connected.
  Line find(const DeviceId& device) const;
  // nullptr also when another client of the device is.
  Line find(const auth::ClientId& client) const;
  std::size_t size() const { return lines_.size(); }  // devices
  std::vector<Line> all() const;

  // After each input to a line: when its tick() is wanted.
  void note_deadline(DeviceLine& line);
  // nullptr: none is due.
  DeviceLine* pop_due(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const {
    return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
  }

 private:
  struct Lines {
    std::array<Line, 2> of_wire;  // MQTT, WebSocket
    std::size_t latest = 0;
  };
  static std::size_t wire_of(const auth::ClientId& client) {
    return auth::is_websocket_client(client.text) ? 1 : 0;
  }
  void drop_deadline(DeviceLine& line);

  std::unordered_map<DeviceId, Lines> lines_;
  std::set<std::pair<SteadyTime, DeviceLine*>> deadlines_;
  std::unordered_map<DeviceLine*, SteadyTime> noted_;  // what of deadlines_ is whose
};

}  // namespace earshot::gateway
