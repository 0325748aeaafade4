// The audio of one device under load: makes frames that can be told apart, and checks what comes back. Pure.
//
// An uplink frame: Opus TOC byte, be32 index, be64 time sent (ns, CLOCK_REALTIME), be32 device, then filler
// that index and device decide.
// Runs on: one thread.
// Owns: cipher and counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bench/simulator/datagram.h"

namespace earshot::simulator {

inline constexpr std::size_t kMinLoadPayload = 17;
inline constexpr std::size_t kMaxLoadPayload = 1276;  // one Opus frame and its TOC byte

struct StreamKeys {
  std::uint32_t ssrc = 0;
  Block key{};
  Block nonce{};
  bool sealed = true;  // false: in clear, as over WebSocket
};

enum class FrameVerdict {
  kGood,
  kDuplicate,  // or older than what came before: the device throws it away (device-protocol 4.3)
  kCorrupt,    // not what was sent
};

class LoadStream {
 public:
  LoadStream(std::uint32_t device, const StreamKeys& keys);

  std::size_t datagram_bytes(std::size_t payload) const { return kHeaderBytes + payload; }
  // Fills `out` with the next uplink datagram.
  // REQUIRES: kMinLoadPayload <= payload <= kMaxLoadPayload.
  void make(std::span<std::uint8_t> out, std::int64_t now_ns);

  struct Heard {
    FrameVerdict verdict = FrameVerdict::kCorrupt;
    std::int64_t sent_ns = 0;  // of an echo
    std::uint32_t index = 0;   // of the frame: as sent, or as the speech counts
  };
  // A datagram with this stream's ssrc. Echoes carry what make() wrote, speech only the index.
  Heard check(std::span<std::uint8_t> datagram, bool echo);

  std::uint32_t ssrc() const { return keys_.ssrc; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t received() const { return received_; }
  // Frames of speech that were skipped: an echo's losses are sent() - received().
  std::uint64_t skipped() const { return skipped_; }

 private:
  std::span<const std::uint8_t> filler(std::uint32_t index, std::size_t bytes) const;

  std::uint32_t device_;
  StreamKeys keys_;
  AesCtr cipher_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint32_t last_sequence_ = 0;
  std::uint64_t next_index_ = 0;
};

}  // namespace earshot::simulator
