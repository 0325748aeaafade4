#include "common/audio/opus_decoder.h"

#include <string>

#include <opus/opus.h>

namespace earshot {

Result<OpusDecoder> OpusDecoder::create(int sample_rate_hz, int frame_duration_ms) {
  // opus_decode conceals in steps of 2.5 ms and no more than a packet can hold.
  if (frame_duration_ms < 5 || frame_duration_ms > kMaxPacketMs || frame_duration_ms % 5 != 0) {
    return Error{ErrorCode::kInvalid, "opus: no frames of " + std::to_string(frame_duration_ms) + " ms"};
  }
  int error = OPUS_OK;
  std::unique_ptr<::OpusDecoder, Free> state(opus_decoder_create(sample_rate_hz, 1, &error));
  if (error == OPUS_BAD_ARG) {
    return Error{ErrorCode::kInvalid, "opus: no rate of " + std::to_string(sample_rate_hz) + " Hz"};
  }
  if (!state) return Error{ErrorCode::kInternal, std::string("opus: ") + opus_strerror(error)};
  return OpusDecoder(std::move(state), sample_rate_hz, samples_per_frame(sample_rate_hz, frame_duration_ms));
}

Result<Pcm> OpusDecoder::decode(ByteView packet) {
  if (packet.empty()) return conceal();
  if (packet.size() > kMaxPacketBytes) return Error{ErrorCode::kTooLarge, "opus: packet too large"};
  Pcm pcm{.samples = {}, .sample_rate_hz = sample_rate_hz_};
  // The room bounds the output whatever the packet claims.
  pcm.samples.resize(static_cast<std::size_t>(samples_per_frame(sample_rate_hz_, kMaxPacketMs)));
  const int decoded = opus_decode(state_.get(), packet.data(), static_cast<opus_int32>(packet.size()),
                                  pcm.samples.data(), static_cast<int>(pcm.samples.size()), 0);
  if (decoded < 0) return Error{ErrorCode::kInvalid, std::string("opus: ") + opus_strerror(decoded)};
  pcm.samples.resize(static_cast<std::size_t>(decoded));
  return pcm;
}

Pcm OpusDecoder::conceal() {
  Pcm pcm{.samples = {}, .sample_rate_hz = sample_rate_hz_};
  pcm.samples.resize(static_cast<std::size_t>(frame_samples_));
  const int decoded = opus_decode(state_.get(), nullptr, 0, pcm.samples.data(), frame_samples_, 0);
  if (decoded < frame_samples_) pcm.samples.assign(static_cast<std::size_t>(frame_samples_), 0);
  return pcm;
}

void OpusDecoder::reset() {
  opus_decoder_ctl(state_.get(), OPUS_RESET_STATE);
}

void OpusDecoder::Free::operator()(::OpusDecoder* decoder) const {
  opus_decoder_destroy(decoder);
}

OpusDecoder::OpusDecoder(std::unique_ptr<::OpusDecoder, Free> state, int sample_rate_hz, int frame_samples)
    : state_(std::move(state)), sample_rate_hz_(sample_rate_hz), frame_samples_(frame_samples) {}

}  // namespace earshot
