// How fast a server may send audio to a device (device-protocol 7.3), whatever way it goes. One per hello. Pure.
// Runs on: any one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "bench/simulator/rule.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class PaceRules {
 public:
  // `queue_packets`: of the device's decode queue; some of it is for jitter.
  PaceRules(Milliseconds frame_time, std::size_t queue_packets)
      : frame_time_(frame_time), most_lead_(static_cast<double>(queue_packets) * 35 / 40) {}

  void speech_started(SteadyTime now) { played_until_ = now; }  // tts start: playback begins anew
  void received(SteadyTime now, Violations& broken);

  std::size_t max_burst() const { return max_burst_; }         // most frames within 10 ms
  double max_lead_frames() const { return max_lead_frames_; }  // furthest ahead of playback

 private:
  Milliseconds frame_time_;
  double most_lead_;
  std::deque<SteadyTime> recent_;  // arrivals of the last 10 ms
  SteadyTime played_until_{};      // when a device that loses nothing has played all that came
  std::size_t max_burst_ = 0;
  double max_lead_frames_ = 0;
};

}  // namespace earshot::simulator
