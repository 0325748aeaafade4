// What the server may not do on UDP (device-protocol 4.3, 4.5, 4.6, 7.3), checked on the wire: before the
// simulator loses, doubles or reorders anything, in the order and at the time of arrival. One per hello.
// The same datagram a second time, soon after the first, is no fault where the firmware drops it.
// For a path that keeps the order of datagrams (loopback, one LAN segment). Pure.
// Runs on: any one thread at a time.
#pragma once

#include <array>
#include <cstdint>

#include "bench/simulator/counter_ledger.h"
#include "bench/simulator/pace_rules.h"
#include "bench/simulator/rule.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class UdpRules {
 public:
  explicit UdpRules(Milliseconds frame_time, std::size_t queue_packets = 40, bool drops_copies = true)
      : pace_(frame_time, queue_packets), drops_copies_(drops_copies) {}

  void sent(const Block& header, std::size_t payload_bytes) { ledger_.record_uplink(header, payload_bytes); }
  void speech_started(SteadyTime now) { pace_.speech_started(now); }  // tts start: playback begins anew
  // RETURNS: whether it is a new one, not a copy.
  bool received(ByteView datagram, bool from_server, SteadyTime now, Violations& broken);

  std::uint64_t packets() const { return packets_; }
  std::uint64_t copies() const { return copies_; }                    // that came besides
  std::size_t max_burst() const { return pace_.max_burst(); }         // most frames within 10 ms
  double max_lead_frames() const { return pace_.max_lead_frames(); }  // furthest ahead of playback

 private:
  void check_header(ByteView datagram, Violations& broken);

  PaceRules pace_;
  CounterLedger ledger_;
  bool drops_copies_;
  static constexpr std::size_t kRemembered = 4;
  std::array<Bytes, kRemembered> latest_;  // by their number
  std::uint64_t packets_ = 0;
  std::uint64_t copies_ = 0;
  std::uint32_t last_sequence_ = 0;
  std::uint32_t last_timestamp_ = 0;
};

}  // namespace earshot::simulator
