// The device's loudspeaker: plays the queue in real time, and keeps what sounded for --out.
// Runs on: the io_context's thread.
// Borrows: the agenda.
// Lifecycle: one per hello; stop() silences it for good.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "bench/simulator/agenda.h"
#include "bench/simulator/playback_queue.h"
#include "bench/simulator/rule.h"
#include "common/audio/opus_decoder.h"
#include "common/audio/pcm.h"

namespace earshot::simulator {

class Player : public std::enable_shared_from_this<Player> {
 public:
  struct Handlers {
    std::function<void(const Pcm& pcm, SteadyTime at, bool gap)> played;
    std::function<void()> drained;
    std::function<void(Violation)> broken;
  };

  static Result<std::shared_ptr<Player>> create(Agenda& agenda, int sample_rate_hz, int frame_duration_ms,
                                                std::size_t queue_packets, Handlers handlers);

  void push(PlaybackQueue::Frame frame);
  bool full() const { return queue_.full(); }
  std::size_t flush();  // and forget the decoder's past. RETURNS: frames lost
  bool drained() const;
  void stop() { stopped_ = true; }

 private:
  Player(Agenda& agenda, OpusDecoder decoder, int frame_duration_ms, std::size_t queue_packets,
         Handlers handlers);
  void play_due();
  void play(const PlaybackQueue::Played& played);

  Agenda& agenda_;
  OpusDecoder decoder_;
  Milliseconds frame_time_;
  Handlers handlers_;
  PlaybackQueue queue_;
  bool armed_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::simulator
