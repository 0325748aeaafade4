#include "worker/hearing/uplink_decoder.h"

#include <utility>

#include "worker/stages/vad.h"

namespace earshot::worker {

Result<UplinkDecoder> UplinkDecoder::create(const UplinkFormat& format) {
  if (format.codec == SoundCodec::kOpus) {
    auto opus = OpusDecoder::create(kVadSampleRateHz, format.packet_ms);
    if (!opus) return opus.error();
    return UplinkDecoder(std::move(*opus));
  }
  auto resampler = Resampler::create(format.sample_rate_hz, kVadSampleRateHz);
  if (!resampler) return resampler.error();
  return UplinkDecoder(std::move(*resampler), format);
}

Result<Pcm> UplinkDecoder::decode(ByteView packet) {
  if (opus_) return opus_->decode(packet);
  return Pcm{.samples = resampler_->process(decode_plain(format_.codec, packet)),
             .sample_rate_hz = kVadSampleRateHz};
}

Pcm UplinkDecoder::conceal() {
  if (opus_) return opus_->conceal();
  const auto samples = static_cast<std::size_t>(kVadSampleRateHz / 1000 * format_.packet_ms);
  return {.samples = std::vector<std::int16_t>(samples, 0), .sample_rate_hz = kVadSampleRateHz};
}

void UplinkDecoder::reset() {
  if (opus_) return opus_->reset();
  (void)resampler_->flush();
}

}  // namespace earshot::worker
