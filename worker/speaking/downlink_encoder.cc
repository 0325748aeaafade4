#include "worker/speaking/downlink_encoder.h"

#include <span>
#include <utility>

namespace earshot::worker {

Result<DownlinkEncoder> DownlinkEncoder::create(int sample_rate_hz, int frame_duration_ms) {
  auto encoder = OpusEncoder::create(downlink_opus(sample_rate_hz, frame_duration_ms));
  if (!encoder) return encoder.error();
  return DownlinkEncoder(std::move(*encoder));
}

Result<std::vector<Bytes>> DownlinkEncoder::add(const Pcm& pcm) {
  std::vector<Bytes> packets;
  if (!resampler_ || resampler_->from_hz() != pcm.sample_rate_hz) {
    auto resampler = Resampler::create(pcm.sample_rate_hz, encoder_.sample_rate_hz());
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
  const auto frame = static_cast<std::size_t>(encoder_.frame_samples());
  if (const std::size_t rest = pending_.size() % frame; rest != 0)
    pending_.resize(pending_.size() + frame - rest);
  if (const Status status = drain(packets); !status) return status.error();
  return packets;
}

void DownlinkEncoder::reset() {
  pending_.clear();
  resampler_.reset();
  encoder_.reset();
  voice_band_.reset();
}

Status DownlinkEncoder::drain(std::vector<Bytes>& packets) {
  const auto frame = static_cast<std::size_t>(encoder_.frame_samples());
  std::size_t used = 0;
  for (; used + frame <= pending_.size(); used += frame) {
    const auto samples = std::span(std::as_const(pending_)).subspan(used, frame);
    const auto band = voice_band_.of(samples);
    if (band_ != band) encoder_.set_effort(downlink_effort(band));
    band_ = band;
    auto packet = encoder_.encode(samples);
    if (!packet) return packet.error();
    packets.push_back(std::move(*packet));
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
  return kDone;
}

}  // namespace earshot::worker
