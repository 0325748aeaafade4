#include "common/audio/opus_encoder.h"

#include <algorithm>
#include <array>
#include <string>

#include <opus/opus.h>

#include "common/audio/pcm.h"

namespace earshot {
namespace {

// The largest packet libopus makes is 1275 bytes a 20 ms frame (RFC 6716, 3.2.1), six frames in 120 ms.
constexpr std::size_t kMaxEncodedBytes = 1277 * 6;

bool is_frame_duration(int ms) {
  constexpr std::array kDurations = {5, 10, 20, 40, 60, 80, 100, 120};
  return std::find(kDurations.begin(), kDurations.end(), ms) != kDurations.end();
}

}  // namespace

OpusEncoderConfig downlink_opus(int sample_rate_hz, int frame_duration_ms, int complexity) {
  OpusEncoderConfig config;
  config.sample_rate_hz = sample_rate_hz;
  config.frame_duration_ms = frame_duration_ms;
  config.complexity = complexity;
  return config;
}

OpusEffort downlink_effort(OpusEncoderConfig::Band band) {
  // As many bytes as the whole band takes at 28 kbit/s.
  if (band == OpusEncoderConfig::Band::kWide) return {.band = band, .complexity = 1, .bitrate_bps = 32000};
  return {.band = band, .complexity = 5, .bitrate_bps = 28000};
}

OpusEncoderConfig device_uplink_opus(int frame_duration_ms) {
  OpusEncoderConfig config;
  config.sample_rate_hz = 16000;
  config.frame_duration_ms = frame_duration_ms;
  config.tuning = OpusEncoderConfig::Tuning::kAny;
  config.bitrate_bps = 0;
  config.complexity = 0;
  config.dtx = true;
  return config;
}

Result<OpusEncoder> OpusEncoder::create(const OpusEncoderConfig& config) {
  if (!is_frame_duration(config.frame_duration_ms)) {
    return Error{ErrorCode::kInvalid,
                 "opus: no frames of " + std::to_string(config.frame_duration_ms) + " ms"};
  }
  const bool speech = config.tuning == OpusEncoderConfig::Tuning::kSpeech;
  int error = OPUS_OK;
  std::unique_ptr<::OpusEncoder, Free> state(opus_encoder_create(
      config.sample_rate_hz, 1, speech ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO, &error));
  if (error == OPUS_BAD_ARG) {
    return Error{ErrorCode::kInvalid, "opus: no rate of " + std::to_string(config.sample_rate_hz) + " Hz"};
  }
  if (!state) return Error{ErrorCode::kInternal, std::string("opus: ") + opus_strerror(error)};

  const int bitrate = config.bitrate_bps == 0 ? OPUS_AUTO : config.bitrate_bps;
  const bool accepted =
      opus_encoder_ctl(state.get(), OPUS_SET_BITRATE(bitrate)) == OPUS_OK &&
      opus_encoder_ctl(state.get(), OPUS_SET_COMPLEXITY(config.complexity)) == OPUS_OK &&
      opus_encoder_ctl(state.get(), OPUS_SET_VBR(1)) == OPUS_OK &&
      opus_encoder_ctl(state.get(), OPUS_SET_DTX(config.dtx ? 1 : 0)) == OPUS_OK &&
      opus_encoder_ctl(state.get(), OPUS_SET_SIGNAL(speech ? OPUS_SIGNAL_VOICE : OPUS_AUTO)) == OPUS_OK;
  if (!accepted) return Error{ErrorCode::kInvalid, "opus: bitrate or complexity out of range"};
  return OpusEncoder(std::move(state), config);
}

Result<Bytes> OpusEncoder::encode(std::span<const std::int16_t> frame) {
  EARSHOT_CHECK(static_cast<int>(frame.size()) == frame_samples_, "a frame has the announced length");
  std::array<std::uint8_t, kMaxEncodedBytes> packet;
  const int length = opus_encode(state_.get(), frame.data(), frame_samples_, packet.data(),
                                 static_cast<opus_int32>(packet.size()));
  if (length < 0) return Error{ErrorCode::kInternal, std::string("opus: ") + opus_strerror(length)};
  return Bytes(packet.begin(), packet.begin() + length);
}

void OpusEncoder::set_effort(const OpusEffort& effort) {
  const bool wide = effort.band == OpusEncoderConfig::Band::kWide;
  opus_encoder_ctl(state_.get(),
                   OPUS_SET_MAX_BANDWIDTH(wide ? OPUS_BANDWIDTH_WIDEBAND : OPUS_BANDWIDTH_FULLBAND));
  opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(effort.complexity));
  opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(effort.bitrate_bps));
}

void OpusEncoder::reset() {
  opus_encoder_ctl(state_.get(), OPUS_RESET_STATE);
}

void OpusEncoder::Free::operator()(::OpusEncoder* encoder) const {
  opus_encoder_destroy(encoder);
}

OpusEncoder::OpusEncoder(std::unique_ptr<::OpusEncoder, Free> state, const OpusEncoderConfig& config)
    : state_(std::move(state)),
      sample_rate_hz_(config.sample_rate_hz),
      frame_samples_(samples_per_frame(config.sample_rate_hz, config.frame_duration_ms)) {}

}  // namespace earshot
