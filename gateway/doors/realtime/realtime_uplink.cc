#include "gateway/doors/realtime/realtime_uplink.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::int64_t kFrameUs = std::int64_t{RealtimeUplink::kFrameMs} * 1000;

std::uint8_t silence_of(SoundCodec codec) {
  if (codec == SoundCodec::kUlaw) return 0xFF;
  return codec == SoundCodec::kAlaw ? 0xD5 : 0;
}

}  // namespace

bool RealtimeUplink::append(ByteView sound, const RealtimeFormat& format) {
  if (waiting_bytes_ + sound.size() > kMaxBytes) return false;
  waiting_bytes_ += sound.size();
  appended_us_ += sound.size() * 1000 / format.bytes_a_ms();
  partial_.insert(partial_.end(), sound.begin(), sound.end());
  cut_frames(format.bytes_a_ms() * kFrameMs);
  return true;
}

void RealtimeUplink::say(ipc::Envelope envelope, const RealtimeFormat& format) {
  if (envelope.has_listen() && !partial_.empty()) {
    const std::size_t frame = format.bytes_a_ms() * kFrameMs;
    waiting_bytes_ += frame - std::min(frame, partial_.size());
    partial_.resize(frame, silence_of(format.codec));
    cut_frames(frame);
  }
  steps_.emplace_back(std::move(envelope));
}

void RealtimeUplink::clear() {
  std::erase_if(steps_, [](const Step& step) { return std::holds_alternative<Frame>(step); });
  partial_.clear();
  waiting_bytes_ = 0;
}

void RealtimeUplink::forget_listens() {
  std::erase_if(steps_, [](const Step& step) {
    const auto* const said = std::get_if<ipc::Envelope>(&step);
    return said != nullptr && said->has_listen();
  });
}

void RealtimeUplink::forget_respond() {
  std::erase_if(steps_, [](const Step& step) {
    const auto* const said = std::get_if<ipc::Envelope>(&step);
    return said != nullptr && said->has_respond();
  });
}

void RealtimeUplink::forget_all() {
  clear();
  steps_.clear();
}

std::optional<RealtimeUplink::Step> RealtimeUplink::next(SteadyTime now, bool ready) {
  if (steps_.empty() || is_held(ready)) return std::nullopt;
  refill(now);
  if (const auto* frame = std::get_if<Frame>(&steps_.front())) {
    if (left_us_ < kFrameUs) return std::nullopt;
    left_us_ -= kFrameUs;
    waiting_bytes_ -= std::min(waiting_bytes_, frame->sound.size());
  }
  Step step = std::move(steps_.front());
  steps_.pop_front();
  return step;
}

std::optional<SteadyTime> RealtimeUplink::next_deadline(bool ready) const {
  if (steps_.empty() || is_held(ready)) return std::nullopt;
  if (std::holds_alternative<ipc::Envelope>(steps_.front()) || left_us_ >= kFrameUs) return at_;
  return at_ + Microseconds((kFrameUs - left_us_) / kSpeed + 1);
}

void RealtimeUplink::refill(SteadyTime now) {
  const auto passed = std::chrono::duration_cast<Microseconds>(now - at_).count();
  if (passed <= 0) return;
  at_ = now;
  left_us_ = std::min(kBurstMs * 1000, left_us_ + passed * kSpeed);
}

bool RealtimeUplink::is_held(bool ready) const {
  const auto* const said = std::get_if<ipc::Envelope>(&steps_.front());
  return !ready && said != nullptr && said->has_listen() && said->listen().state() == ipc::Listen::kStart;
}

void RealtimeUplink::cut_frames(std::size_t frame_bytes) {
  std::size_t used = 0;
  for (; used + frame_bytes <= partial_.size(); used += frame_bytes) {
    const ByteView frame = ByteView(partial_).subspan(used, frame_bytes);
    steps_.emplace_back(Frame{Bytes(frame.begin(), frame.end())});
  }
  partial_.erase(partial_.begin(), partial_.begin() + static_cast<std::ptrdiff_t>(used));
}

}  // namespace earshot::gateway
