// What the device has received and not yet played (device-protocol 7.3): a decode queue of 40 packets, or of 20
// (firmware.h), whatever their duration, two decoded buffers, and the frame that sounds. Drains one frame per frame time,
// in the time it is told. Pure.
// Runs on: any one thread at a time.
// Bounded: the queue and two more wait; a further one is dropped (push() says so).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class PlaybackQueue {
 public:
  static constexpr std::size_t kDecodeQueuePackets = 40;
  static constexpr std::size_t kDecodedBuffers = 2;

  struct Frame {
    Bytes opus;
    std::uint32_t sequence = 0;
  };
  struct Played {
    Frame frame;
    SteadyTime at;     // when it begins to sound
    bool gap = false;  // silence came before it, within one speech
  };

  explicit PlaybackQueue(Milliseconds frame_time, std::size_t packets = kDecodeQueuePackets)
      : frame_time_(frame_time), packets_(packets) {}

  // RETURNS: false when the queue is full and the frame is lost (tail drop).
  bool push(Frame frame, SteadyTime now);
  // Frames that have begun to sound up to `now`, in order.
  std::vector<Played> advance(SteadyTime now);
  // Everything waiting is lost; the frame that sounds goes on.
  // RETURNS: how many were lost.
  std::size_t flush(SteadyTime now);

  // REQUIRES for both: advance(now) was called.
  bool drained(SteadyTime now) const { return waiting_.empty() && playing_until_ <= now; }
  SteadyTime next_change() const { return playing_until_; }  // the frame that sounds ends
  std::size_t waiting() const { return waiting_.size(); }
  bool full() const { return waiting_.size() >= packets_ + kDecodedBuffers; }

 private:
  struct Waiting {
    Frame frame;
    SteadyTime arrival;
  };
  void start_due(SteadyTime now);

  Milliseconds frame_time_;
  std::size_t packets_;
  std::deque<Waiting> waiting_;
  std::vector<Played> started_;  // not yet handed out
  SteadyTime playing_until_{};
  bool played_since_flush_ = false;
};

}  // namespace earshot::simulator
