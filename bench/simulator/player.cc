#include "bench/simulator/player.h"

#include <utility>

namespace earshot::simulator {

Result<std::shared_ptr<Player>> Player::create(Agenda& agenda, int sample_rate_hz, int frame_duration_ms,
                                               std::size_t queue_packets, Handlers handlers) {
  auto decoder = OpusDecoder::create(sample_rate_hz, frame_duration_ms);
  if (!decoder) return decoder.error();
  return std::shared_ptr<Player>(
      new Player(agenda, std::move(*decoder), frame_duration_ms, queue_packets, std::move(handlers)));
}

Player::Player(Agenda& agenda, OpusDecoder decoder, int frame_duration_ms, std::size_t queue_packets,
               Handlers handlers)
    : agenda_(agenda),
      decoder_(std::move(decoder)),
      frame_time_(frame_duration_ms),
      handlers_(std::move(handlers)),
      queue_(frame_time_, queue_packets) {}

void Player::push(PlaybackQueue::Frame frame) {
  if (stopped_) return;
  if (!queue_.push(std::move(frame), agenda_.now()))
    handlers_.broken({Rule::kQueueOverflow, "the decode queue is full"});
  play_due();
}

std::size_t Player::flush() {
  const std::size_t lost = queue_.flush(agenda_.now());
  decoder_.reset();
  return lost;
}

bool Player::drained() const {
  return queue_.drained(agenda_.now());
}

void Player::play_due() {
  if (stopped_) return;
  const SteadyTime now = agenda_.now();
  for (const PlaybackQueue::Played& played : queue_.advance(now)) play(played);
  if (queue_.drained(now)) return handlers_.drained();
  if (armed_) return;
  armed_ = true;
  agenda_.at(queue_.next_change(), [self = shared_from_this()] {
    self->armed_ = false;
    self->play_due();
  });
}

void Player::play(const PlaybackQueue::Played& played) {
  const auto pcm = decoder_.decode(played.frame.opus);
  if (!pcm) {
    return handlers_.broken({Rule::kOpusInvalid, "sequence " + std::to_string(played.frame.sequence)});
  }
  const auto samples = static_cast<int>(pcm->samples.size());
  const int most = samples_per_frame(pcm->sample_rate_hz, static_cast<int>(frame_time_.count()));
  if (samples > most) {
    return handlers_.broken(
        {Rule::kOpusFrameTooLong, std::to_string(samples) + " samples instead of " + std::to_string(most)});
  }
  handlers_.played(*pcm, played.at, played.gap);
}

}  // namespace earshot::simulator
