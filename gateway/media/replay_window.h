// Which uplink sequence numbers of a session are still welcome. Pure.
//
// Sequences up to 64 behind the highest are taken once each, and those up to 64 ahead move the window. There
// is no authentication, so one spoofed datagram with sequence 0xFFFFFFFF must not mute a session for good (it
// does in the reference gateway). Therefore a jump beyond 64 counts only when a run of kRunLength sequences
// in a row confirms it, and never beyond what the device could have sent since its hello. When such a jump
// was false after all, a run of honest packets brings the window back, but never to where a run was heard
// before: recorded packets stay useless.
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

class ReplayWindow {
 public:
  static constexpr std::uint32_t kWidth = 64;   // device-protocol 4.5
  static constexpr std::uint32_t kMaxStep = 8;  // packets lost within a run
  static constexpr std::uint32_t kRunLength = 4;

  ReplayWindow(SteadyTime start, Milliseconds frame_duration);

  // Judges and, with kFresh, takes the sequence.
  // REQUIRES: the payload was found plausible; otherwise garbage moves the window.
  ReplayVerdict take(std::uint32_t sequence, SteadyTime now);

  std::uint32_t highest() const { return highest_; }

 private:
  bool plausible(std::uint32_t sequence, SteadyTime now) const;
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
