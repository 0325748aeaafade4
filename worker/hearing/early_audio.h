// What a device sent in front of its `listen start`: sound goes over UDP and overtakes the MQTT message, so the
// first words of who speaks at once are here. Pure.
//
// Runs on: its owner's thread.
// Owns: at most kMaxPackets packets, the latest; the oldest is left out for the newest.
//
// A wake word comes in front of `listen start` as well: the two seconds before its detection, encoded and sent as
// fast as the chip can (device-protocol 7.1, afe_audio_engine.cc EncodeWakeWordData). It is no speech to be
// answered, and is known by that: sound of a live microphone comes as fast as it was spoken, and sound that comes
// faster was spoken before. So what counts is how late each packet is against the newest ones; what leads up to
// them faster than real time is left out. Jitter only delays, so it is behind a packet that was not late.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/base/clock.h"
#include "worker/hearing/uplink_order.h"

namespace earshot::worker {

class EarlyAudio {
 public:
  // MQTT behind UDP by more than that is a broken network, and the user waits for the tone anyway.
  static constexpr Milliseconds kKept{500};
  static constexpr Milliseconds kRemembered{1000};  // to know a burst by
  static constexpr std::size_t kMaxPackets = 160;   // a wake word's two seconds in packets of 20 ms, and that

  struct Arrived {
    UplinkPacket packet;
    SteadyTime at;
  };

  // REQUIRES: packet >= 1 ms, the duration of one.
  explicit EarlyAudio(Milliseconds packet) : packet_(packet) {}

  void add(UplinkPacket packet, SteadyTime arrival);
  // RETURNS: of the latest kKept what came in real time, in the order of arrival. Keeps it.
  std::vector<Arrived> heard(SteadyTime now) const;
  void clear() { packets_.clear(); }

 private:
  Milliseconds packet_;
  std::deque<Arrived> packets_;
};

}  // namespace earshot::worker
