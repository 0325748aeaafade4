// The audio of all devices of a load run: queued, flushed, received. Over UDP (datagram_fleet.h) or over each
// device's WebSocket (websocket_fleet.h), which gives and takes the same datagrams.
//
// Runs on: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "common/base/bytes.h"

namespace earshot::simulator {

// Nanoseconds of CLOCK_REALTIME, which the kernel stamps with.
std::int64_t wall_ns();

class AudioFleet {
 public:
  static constexpr std::size_t kMaxDatagramBytes = 1500;
  using Handler = std::function<void(std::size_t socket, ByteView datagram, std::int64_t arrived_ns)>;

  virtual ~AudioFleet() = default;
  // Room for one datagram that leaves with the next flush() of this socket, or before.
  virtual std::span<std::uint8_t> queue(std::size_t socket, std::size_t bytes) = 0;
  virtual void flush() = 0;
  virtual void flush(std::size_t socket) = 0;
  // Hands on everything that waits, and where. The bytes live during the call.
  virtual void receive(const Handler& handler) = 0;
  virtual std::uint64_t send_failures() const = 0;
};

}  // namespace earshot::simulator
