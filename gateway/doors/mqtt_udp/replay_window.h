// Which uplink sequence numbers of a session are still welcome. Pure.
//
// Sequences up to 64 behind the highest are taken once each, and those up to 64 ahead move the window. There
// is no authentication, so one spoofed datagram with sequence 0xFFFFFFFF must not mute a session for good (it
// does in the reference gateway). Therefore a jump beyond 64 counts only when a run of kRunLength sequences
// in a row confirms it, and never beyond what the device could have sent since its hello. When such a jump
// was false after all, a run of honest packets brings the window back, but never to where a run was heard
// before: recorded packets stay useless. A datagram that tells nothing (Content::kNothing) is no evidence for a
// jump, and moves the window by no more than packets lost in a row do.
//
// It is moved by the device's own address only (peer_address.h).
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace earshot::gateway {

enum class ReplayVerdict {
  kFresh,
  kZero,         // the firmware counts from 1
  kDuplicate,    // a copy, or a replay
  kTooOld,       // behind the window
  kUnconfirmed,  // a jump that no run has confirmed yet
  kImplausible,  // the device cannot have sent that many packets yet
};

// What a datagram that decrypts to an Opus packet tells about who sent it.
enum class Content {
  kNothing,  // empty, or not of the frame duration: anybody can make it without the key
  kSound,    // of the frame duration: one random first byte in 43 is that, too
};

class ReplayWindow {
 public:
  static constexpr std::uint32_t kWidth = 64;   // device-protocol 4.5
  static constexpr std::uint32_t kMaxStep = 8;  // packets lost within a run
  static constexpr std::uint32_t kRunLength = 4;

  ReplayWindow(SteadyTime start, Milliseconds frame_duration);

  // Judges and, with kFresh, takes the sequence.
  // REQUIRES: the payload was found plausible; otherwise garbage moves the window.
  ReplayVerdict take(std::uint32_t sequence, Content content, SteadyTime now);
  // What is wrong with the sequence, whoever sent it; kFresh: nothing, as far as that goes.
  ReplayVerdict fault_of(std::uint32_t sequence, SteadyTime now) const;
  // The device has proved that it goes on from here: what it sent before is over.
  void go_on_from(std::uint32_t sequence);
  // Nothing was heard of the device yet, it was somebody else.
  void begin_anew();

  std::uint32_t highest() const { return highest_; }
  // Whether the device can have sent so many by now.
  bool is_plausible(std::uint32_t sequence, SteadyTime now) const;
  // Whether nothing later was taken.
  bool is_news(std::uint32_t sequence) const { return sequence > highest_; }

 private:
  bool continue_run(std::uint32_t sequence);
  void restart_at(std::uint32_t sequence);

  SteadyTime start_;
  Milliseconds frame_duration_;
  std::uint32_t highest_ = 0;
  std::uint64_t seen_ = 0;      // bit i: highest_ - i was taken
  std::uint32_t run_last_ = 0;  // the run that is being heard
  std::uint32_t run_length_ = 0;
  std::uint32_t confirmed_ = 0;  // the highest sequence of a run of kRunLength; no restart at or below it
};

}  // namespace earshot::gateway
