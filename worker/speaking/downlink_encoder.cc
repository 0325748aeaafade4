#include "worker/speaking/downlink_encoder.h"

#include <span>
#include <utility>

namespace earshot::worker {

Result<DownlinkEncoder> DownlinkEncoder::create(int sample_rate_hz, int frame_duration_ms, SoundCodec codec) {
  if (codec != SoundCodec::kOpus) {
    if (sample_rate_hz < 8000 || sample_rate_hz > 48000 || frame_duration_ms < 5 || frame_duration_ms > 120)
      return Error{ErrorCode::kInvalid, "no such rate or frame duration"};
    return DownlinkEncoder(std::nullopt, codec, sample_rate_hz, sample_rate_hz / 1000 * frame_duration_ms);
  }
  auto encoder = OpusEncoder::create(downlink_opus(sample_rate_hz, frame_duration_ms));
  if (!encoder) return encoder.error();
  const int frame_samples = encoder->frame_samples();
  return DownlinkEncoder(std::move(*encoder), codec, sample_rate_hz, frame_samples);
}

Result<std::vector<Bytes>> DownlinkEncoder::add(const Pcm& pcm) {
  std::vector<Bytes> packets;
  if (!resampler_ || resampler_->from_hz() != pcm.sample_rate_hz) {
    auto resampler = Resampler::create(pcm.sample_rate_hz, sample_rate_hz_);
    if (!resampler) return resampler.error();
    resampler_ = std::move(*resampler);
  }
  const std::vector<std::int16_t> samples = resampler_->process(pcm.samples);
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  if (const Status status = drain(packets); !status) return status.error();
  return packets;
}

Result<std::vector<Bytes>> DownlinkEncoder::finish_sentence() {
  std::vector<Bytes> packets;
  if (resampler_) {
    const std::vector<std::int16_t> samples = resampler_->flush();
    pending_.insert(pending_.end(), samples.begin(), samples.end());
  }
  if (const std::size_t rest = pending_.size() % frame_samples_; rest != 0)
    pending_.resize(pending_.size() + frame_samples_ - rest);
  if (const Status status = drain(packets); !status) return status.error();
  return packets;
}

void DownlinkEncoder::reset() {
  pending_.clear();
  resampler_.reset();
  if (opus_) opus_->reset();
  voice_band_.reset();
}

Status DownlinkEncoder::drain(std::vector<Bytes>& packets) {
  std::size_t used = 0;
  for (; used + frame_samples_ <= pending_.size(); used += frame_samples_) {
    auto packet = encode(std::span(std::as_const(pending_)).subspan(used, frame_samples_));
    if (!packet) return packet.error();
    packets.push_back(std::move(*packet));
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
  return kDone;
}

Result<Bytes> DownlinkEncoder::encode(std::span<const std::int16_t> frame) {
  if (!opus_) return encode_plain(codec_, frame);
  const auto band = voice_band_.of(frame);
  if (band_ != band) opus_->set_effort(downlink_effort(band));
  band_ = band;
  return opus_->encode(frame);
}

}  // namespace earshot::worker
