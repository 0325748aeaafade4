// The device's receive rules for UDP audio (device-protocol 4.3), exactly as the firmware has them. Pure.
// Runs on: any one thread at a time.
#pragma once

#include <cstdint>

#include "bench/simulator/datagram.h"
#include "common/base/bytes.h"

namespace earshot::simulator {

enum class UdpVerdict { kAccepted, kTooShort, kWrongType, kLengthMismatch, kStale };

class UdpReceiver {
 public:
  explicit UdpReceiver(const Block& key) : cipher_(key) {}

  struct Packet {
    UdpVerdict verdict = UdpVerdict::kTooShort;
    Bytes opus{};  // of an accepted packet
    std::uint32_t timestamp = 0;
    std::uint32_t sequence = 0;
    std::uint32_t missing = 0;  // sequence numbers skipped before it
  };
  // A longer datagram is cut to 1500 bytes, as the firmware's buffer does.
  Packet receive(ByteView datagram);

 private:
  AesCtr cipher_;
  std::uint32_t last_sequence_ = 0;  // so 0 is never accepted
};

}  // namespace earshot::simulator
