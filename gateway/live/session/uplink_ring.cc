#include "gateway/live/session/uplink_ring.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace earshot::gateway {

void UplinkRing::add_audio(const ipc::AudioUp& audio) {
  const std::string& opus = audio.opus();
  if (!make_room(kHeadBytes + kStampBytes + opus.size())) return;
  std::array<std::uint8_t, kStampBytes> stamp{};
  store_be32(stamp.data(), audio.sequence());
  store_be32(stamp.data() + 4, audio.timestamp());
  store_be32(stamp.data() + 8, static_cast<std::uint32_t>(audio.arrival_us() >> 32));
  store_be32(stamp.data() + 12, static_cast<std::uint32_t>(audio.arrival_us()));
  put_head(kStampBytes + opus.size(), false);
  put(stamp.data(), stamp.size());
  put(as_bytes(opus).data(), opus.size());
  ++end_;
}

void UplinkRing::add_control(const ipc::Envelope& control) {
  const std::string bytes = control.SerializeAsString();
  if (!make_room(kHeadBytes + bytes.size())) return;
  put_head(bytes.size(), true);
  put(as_bytes(bytes).data(), bytes.size());
  ++end_;
}

void UplinkRing::settle(std::uint64_t count) {
  while (first_ < count && used_ > 0) drop_oldest();
  if (used_ > 0 || memory_.size() <= kKeptBytes) return;
  budget_.give(memory_.size());
  memory_ = {};
  tail_ = 0;
}

void UplinkRing::give_again(ipc::Envelope& audio, const std::function<void(const ipc::Envelope&)>& send_audio,
                            const std::function<void(const ipc::Envelope&)>& send) {
  std::vector<std::uint8_t> body;
  ipc::Envelope control;
  for (std::size_t place = 0; place < used_;) {
    const std::uint32_t head = head_at(place);
    body.resize(head >> 1);
    copy_out(place + kHeadBytes, body.data(), body.size());
    place += kHeadBytes + body.size();
    if ((head & 1) != 0) {
      if (control.ParseFromArray(body.data(), static_cast<int>(body.size()))) send(control);
      continue;
    }
    ipc::AudioUp& up = *audio.mutable_audio_up();
    up.set_sequence(load_be32(body.data()));
    up.set_timestamp(load_be32(body.data() + 4));
    up.set_arrival_us(std::uint64_t{load_be32(body.data() + 8)} << 32 | load_be32(body.data() + 12));
    up.mutable_opus()->assign(as_text(ByteView(body).subspan(kStampBytes)));
    send_audio(audio);
  }
  end_ -= first_;
  first_ = 0;
}

// RETURNS: false: it is larger than all there may be. It counts all the same: the worker has it.
bool UplinkRing::make_room(std::size_t bytes) {
  while (memory_.size() - used_ < bytes) {
    if (grow()) continue;
    if (used_ == 0) {
      ++dropped_;
      first_ = ++end_;
      return false;
    }
    drop_oldest();
    ++dropped_;
  }
  return true;
}

bool UplinkRing::grow() {
  const std::size_t next = memory_.empty() ? kFirstBytes : memory_.size() * 2;
  if (next > kMaxBytes || !budget_.take(next - memory_.size())) return false;
  std::vector<std::uint8_t> larger(next);
  copy_out(0, larger.data(), used_);
  memory_ = std::move(larger);
  tail_ = 0;
  return true;
}

void UplinkRing::put(const std::uint8_t* from, std::size_t bytes) {
  if (bytes == 0) return;
  const std::size_t at = (tail_ + used_) & (memory_.size() - 1);
  const std::size_t whole = std::min(bytes, memory_.size() - at);
  std::memcpy(memory_.data() + at, from, whole);
  if (whole < bytes) std::memcpy(memory_.data(), from + whole, bytes - whole);
  used_ += bytes;
}

void UplinkRing::put_head(std::size_t bytes, bool control) {
  std::array<std::uint8_t, kHeadBytes> head{};
  store_be32(head.data(), static_cast<std::uint32_t>(bytes) << 1 | (control ? 1U : 0U));
  put(head.data(), head.size());
}

std::uint32_t UplinkRing::head_at(std::size_t place) const {
  std::array<std::uint8_t, kHeadBytes> head{};
  copy_out(place, head.data(), head.size());
  return load_be32(head.data());
}

void UplinkRing::copy_out(std::size_t place, std::uint8_t* to, std::size_t bytes) const {
  if (bytes == 0) return;
  const std::size_t at = (tail_ + place) & (memory_.size() - 1);
  const std::size_t whole = std::min(bytes, memory_.size() - at);
  std::memcpy(to, memory_.data() + at, whole);
  if (whole < bytes) std::memcpy(to + whole, memory_.data(), bytes - whole);
}

void UplinkRing::drop_oldest() {
  const std::size_t bytes = kHeadBytes + (head_at(0) >> 1);
  tail_ = (tail_ + bytes) & (memory_.size() - 1);
  used_ -= bytes;
  ++first_;
}

}  // namespace earshot::gateway
