#include "worker/hearing/echo_reference.h"

#include <algorithm>
#include <utility>

#include "worker/stages/echo_canceller.h"

namespace earshot::worker {

namespace {

constexpr std::int64_t kSamplesPerMs = kEchoRateHz / 1000;
// A decoder is in step again after so many packets.
constexpr std::int64_t kRunUpPackets = 3;

}  // namespace

Result<EchoReference> EchoReference::create(int frame_ms) {
  if (frame_ms % 10 != 0) return Error{ErrorCode::kInvalid, "the echo is cancelled in pieces of 10 ms"};
  auto decoder = OpusDecoder::create(kEchoRateHz, frame_ms);
  if (!decoder) return decoder.error();
  return EchoReference(std::move(*decoder), frame_ms);
}

void EchoReference::add(TurnId turn, Bytes opus) {
  if (packets_.size() >= kMaxPackets && packets_.front().turn < turn) packets_.pop_front();
  if (packets_.size() < kMaxPackets) packets_.push_back({.turn = turn, .opus = std::move(opus)});
}

void EchoReference::started(TurnId turn, std::uint32_t timestamp) {
  while (!packets_.empty() && packets_.front().turn < turn) packets_.pop_front();
  playing_ = turn;
  next_place_ = std::int64_t{timestamp} * kSamplesPerMs;
  decoded_.clear();
  decoder_.reset();  // so does the device when it begins to speak
}

bool EchoReference::knows(std::uint32_t timestamp) const {
  const std::int64_t place = std::int64_t{timestamp} * kSamplesPerMs;
  if (!playing_) return false;
  const bool comes = !packets_.empty() && packets_.front().turn == *playing_ && place >= next_place_ &&
                     place < next_place_ + frame_samples() * static_cast<std::int64_t>(packets_.size());
  return comes || std::ranges::any_of(decoded_, [&](const Decoded& frame) { return frame.place == place; });
}

void EchoReference::read(std::int64_t place, std::span<std::int16_t> out) {
  std::ranges::fill(out, std::int16_t{0});
  const std::int64_t end = place + static_cast<std::int64_t>(out.size());
  decode_until(end);
  for (const Decoded& frame : decoded_) {
    const std::int64_t from = std::max(place, frame.place);
    const std::int64_t to = std::min(end, frame.place + static_cast<std::int64_t>(frame.samples.size()));
    for (std::int64_t at = from; at < to; ++at) {
      out[static_cast<std::size_t>(at - place)] = frame.samples[static_cast<std::size_t>(at - frame.place)];
    }
  }
}

std::int64_t EchoReference::frame_samples() const {
  return frame_ms_ * kSamplesPerMs;
}

void EchoReference::decode_until(std::int64_t place) {
  while (playing_ && !packets_.empty() && packets_.front().turn == *playing_ && next_place_ < place) {
    if (place - next_place_ <= kRunUpPackets * frame_samples()) {
      auto pcm = decoder_.decode(packets_.front().opus);
      if (pcm) decoded_.push_back({.place = next_place_, .samples = std::move(pcm->samples)});
      if (decoded_.size() > kDecoded) decoded_.pop_front();
    }
    packets_.pop_front();
    next_place_ += frame_samples();
  }
}

}  // namespace earshot::worker
