// How much of a turn's speech has been made and not been heard yet: an estimate between the gateway's reports.
// Pure.
//
// The gateway plays a frame each frame duration from the moment at which it says that the turn has begun
// (PlayoutReport.kStarted), tells the count at each sentence, and may be told to pause. What it has not told
// is taken to have gone on at that pace, and never beyond what was sent.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/clock.h"

namespace earshot::worker {

class UnplayedSpeech {
 public:
  // `frame`: of the downlink; at least 1 ms.
  explicit UnplayedSpeech(Milliseconds frame) : frame_(std::max(frame, Milliseconds{1})) {}

  void begin() { *this = UnplayedSpeech(frame_); }  // a new turn
  void sent() { ++sent_; }                          // one frame, to the gateway
  // The gateway plays and has played so many frames of the turn.
  void plays(std::uint32_t frames_played, SteadyTime now) {
    played_ = std::max(played_, std::min(frames_played, sent_));
    since_ = now;
    plays_ = true;
  }
  void pauses(SteadyTime now) {
    played_ = played_at(now);
    plays_ = false;
  }

  Milliseconds at(SteadyTime now) const { return frame_ * (sent_ - played_at(now)); }

 private:
  std::uint32_t played_at(SteadyTime now) const {
    if (!plays_ || now <= since_) return played_;
    const auto more = (now - since_) / frame_;
    return static_cast<std::uint32_t>(std::min<std::int64_t>(played_ + more, sent_));
  }

  Milliseconds frame_;
  std::uint32_t sent_ = 0;
  std::uint32_t played_ = 0;  // at since_
  SteadyTime since_{};
  bool plays_ = false;
};

}  // namespace earshot::worker
