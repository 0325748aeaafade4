#include "gateway/doors/calls/call_uplink.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

namespace {

// Whatever a packet claims, it costs the link something.
constexpr std::int64_t kLeastPacketUs = 2500;
constexpr std::size_t kPacketCost = 64;  // of memory, beside its bytes

std::uint8_t silence_of(SoundCodec codec) {
  if (codec == SoundCodec::kUlaw) return 0xFF;
  return codec == SoundCodec::kAlaw ? 0xD5 : 0;
}

}  // namespace

bool CallUplink::append(ByteView sound, const CallFormat& format) {
  if (waiting_bytes_ + sound.size() > kMaxBytes) return false;
  waiting_bytes_ += sound.size();
  appended_us_ += static_cast<std::uint64_t>(format.lasting(sound.size()).count());
  partial_.insert(partial_.end(), sound.begin(), sound.end());
  cut_frames(format.bytes_in(kFrameMs));
  return true;
}

bool CallUplink::append_packet(ByteView packet, Microseconds lasting) {
  if (waiting_bytes_ + packet.size() + kPacketCost > kMaxBytes) return false;
  waiting_bytes_ += packet.size() + kPacketCost;
  appended_us_ += static_cast<std::uint64_t>(lasting.count());
  steps_.emplace_back(Frame{.sound = Bytes(packet.begin(), packet.end()),
                            .lasting_us = std::max<std::int64_t>(lasting.count(), kLeastPacketUs),
                            .cost = packet.size() + kPacketCost});
  return true;
}

bool CallUplink::append_silence(std::uint32_t ms, const CallFormat& format) {
  const std::size_t bytes = format.bytes_in(ms);
  if (waiting_bytes_ + bytes > kMaxBytes) return false;
  waiting_bytes_ += bytes;
  partial_.resize(partial_.size() + bytes, silence_of(format.codec));
  cut_frames(format.bytes_in(kFrameMs));
  return true;
}

void CallUplink::say(ipc::Envelope envelope, const CallFormat& format) {
  if (envelope.has_listen() && !partial_.empty()) {
    const std::size_t frame = format.bytes_in(kFrameMs);
    waiting_bytes_ += frame - std::min(frame, partial_.size());
    partial_.resize(frame, silence_of(format.codec));
    cut_frames(frame);
  }
  steps_.emplace_back(std::move(envelope));
}

void CallUplink::ask(ipc::Envelope envelope) {
  steps_.emplace(std::ranges::find_if(steps_, is_start), std::move(envelope));
}

void CallUplink::clear() {
  std::erase_if(steps_, [](const Step& step) { return std::holds_alternative<Frame>(step); });
  partial_.clear();
  waiting_bytes_ = 0;
}

void CallUplink::forget_unfinished() {
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), is_stop);
  const auto kept = static_cast<std::size_t>(std::distance(steps_.begin(), last.base()));
  forget_speech(kept, steps_.size());
  waiting_bytes_ -= std::min(waiting_bytes_, partial_.size());
  partial_.clear();
}

void CallUplink::forget_finished() {
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), is_stop);
  forget_speech(0, static_cast<std::size_t>(std::distance(steps_.begin(), last.base())));
}

void CallUplink::forget_listens() {
  std::erase_if(steps_, [](const Step& step) {
    const auto* const said = std::get_if<ipc::Envelope>(&step);
    return said != nullptr && said->has_listen();
  });
}

void CallUplink::forget_answers() {
  std::erase_if(steps_, [](const Step& step) {
    const auto* const said = std::get_if<ipc::Envelope>(&step);
    return said != nullptr && (said->has_respond() || said->has_say());
  });
}

void CallUplink::forget_all() {
  clear();
  steps_.clear();
}

bool CallUplink::has_start() const {
  return std::ranges::any_of(steps_, is_start);
}

std::size_t CallUplink::stops() const {
  return static_cast<std::size_t>(std::ranges::count_if(steps_, is_stop));
}

std::optional<CallUplink::Step> CallUplink::next(SteadyTime now, bool ready) {
  if (steps_.empty() || is_held(ready)) return std::nullopt;
  refill(now);
  if (const auto* frame = std::get_if<Frame>(&steps_.front())) {
    if (left_us_ < frame->lasting_us || left_packets_us_ < kPacketUs) return std::nullopt;
    left_us_ -= frame->lasting_us;
    left_packets_us_ -= kPacketUs;
    waiting_bytes_ -= std::min(waiting_bytes_, frame->cost);
  }
  Step step = std::move(steps_.front());
  steps_.pop_front();
  return step;
}

std::optional<SteadyTime> CallUplink::next_deadline(bool ready) const {
  if (steps_.empty() || is_held(ready)) return std::nullopt;
  const auto* const frame = std::get_if<Frame>(&steps_.front());
  if (frame == nullptr) return at_;
  const std::int64_t lacks_us = std::max<std::int64_t>(frame->lasting_us - left_us_, 0);
  const std::int64_t sound_us = lacks_us == 0 ? 0 : lacks_us / kSpeed + 1;
  return at_ + Microseconds(std::max({sound_us, kPacketUs - left_packets_us_, std::int64_t{0}}));
}

void CallUplink::refill(SteadyTime now) {
  const auto passed = std::chrono::duration_cast<Microseconds>(now - at_).count();
  if (passed <= 0) return;
  at_ = now;
  left_us_ = std::min(kBurstMs * 1000, left_us_ + passed * kSpeed);
  left_packets_us_ = std::min(kBurstPackets * kPacketUs, left_packets_us_ + passed);
}

bool CallUplink::is_held(bool ready) const {
  return !ready && is_start(steps_.front());
}

bool CallUplink::is_start(const Step& step) {
  const auto* const said = std::get_if<ipc::Envelope>(&step);
  return said != nullptr && said->has_listen() && said->listen().state() == ipc::Listen::kStart;
}

bool CallUplink::is_stop(const Step& step) {
  const auto* const said = std::get_if<ipc::Envelope>(&step);
  return said != nullptr && said->has_listen() && said->listen().state() == ipc::Listen::kStop;
}

void CallUplink::forget_speech(std::size_t from, std::size_t to) {
  std::deque<Step> kept;
  for (std::size_t at = 0; at < steps_.size(); ++at) {
    const auto* const frame = std::get_if<Frame>(&steps_[at]);
    const auto* const said = std::get_if<ipc::Envelope>(&steps_[at]);
    const bool forgets = at >= from && at < to && (frame != nullptr || said->has_listen());
    if (!forgets) kept.push_back(std::move(steps_[at]));
    if (forgets && frame != nullptr) waiting_bytes_ -= std::min(waiting_bytes_, frame->cost);
  }
  steps_ = std::move(kept);
}

void CallUplink::cut_frames(std::size_t frame_bytes) {
  std::size_t used = 0;
  for (; used + frame_bytes <= partial_.size(); used += frame_bytes) {
    const ByteView frame = ByteView(partial_).subspan(used, frame_bytes);
    steps_.emplace_back(Frame{.sound = Bytes(frame.begin(), frame.end()),
                              .lasting_us = std::int64_t{kFrameMs} * 1000,
                              .cost = frame_bytes});
  }
  partial_.erase(partial_.begin(), partial_.begin() + static_cast<std::ptrdiff_t>(used));
}

}  // namespace earshot::gateway
