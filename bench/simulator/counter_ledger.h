// Remembers which AES counter blocks a session has used, and finds a block that is used twice
// (device-protocol 4.6): a payload of n blocks uses header .. header + n - 1, in both directions under one
// key. Pure. Grows by one entry a packet: for runs of minutes.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "bench/simulator/datagram.h"

namespace earshot::simulator {

class CounterLedger {
 public:
  // The device's own packets: recorded only. With timestamp 0 they overlap among themselves, which is the
  // firmware's weakness and not the server's.
  void record_uplink(const Block& header, std::size_t payload_bytes);
  // RETURNS: false when a block was used before, by either side.
  bool record_downlink(const Block& header, std::size_t payload_bytes);

 private:
  // Bytes 0..11 of the counter, and for each the runs of bytes 12..15 in use:
  // first block -> one past the last.
  using Prefix = std::array<std::uint8_t, 12>;
  using Runs = std::map<std::uint64_t, std::uint64_t>;
  std::map<Prefix, Runs> used_;
};

}  // namespace earshot::simulator
