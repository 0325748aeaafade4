// What devices have said and the shard has not handled yet: a queue for each device, served in turn. One that
// talks without pause delays another's message by one of its own and drops only what is its own. Pure; one
// owner.
//
// Bounded: kMaxMessages and kMaxBytes a device, kMaxAllBytes in all; what comes then is dropped and counted.
// Whether a device is there is not dropped: the newest news replaces older ones, or a message makes room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"

namespace earshot::gateway {

class ControlQueue {
 public:
  // A device says a few things at once (wake word, listen, the answer to a tool call), never so many.
  static constexpr std::size_t kMaxMessages = 64;
  static constexpr std::size_t kMaxBytes = 256 * 1024;
  static constexpr std::size_t kMaxAllBytes = 64 * 1024 * 1024;
  static constexpr std::size_t kBytesPerMessage = 512;  // about what one costs besides its payload

  struct Item {
    auth::ClientId from;
    std::string payload;
    SteadyTime received;
    std::optional<bool> online = std::nullopt;  // no message: the device came or went
  };

  void push(Item item);
  // The next in turn; nullopt: nothing waits.
  std::optional<Item> pop();

  bool empty() const { return turns_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    std::deque<Item> items;  // not empty
    std::size_t bytes = 0;
  };

  static std::size_t cost(const Item& item) { return item.payload.size() + kBytesPerMessage; }
  bool has_room(const Waiting& waiting, const Item& item) const;
  void make_room_for_presence(Waiting& waiting, const Item& item);

  std::unordered_map<DeviceId, Waiting> waiting_;
  std::deque<DeviceId> turns_;  // each device of waiting_ once
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace earshot::gateway
