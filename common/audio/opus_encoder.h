// PCM in, Opus packets out: one packet a frame.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "common/base/bytes.h"
#include "common/base/result.h"

struct OpusEncoder;  // libopus

namespace earshot {

struct OpusEncoderConfig {
  enum class Tuning {
    kSpeech,  // APPLICATION_VOIP with SIGNAL_VOICE
    kAny,     // APPLICATION_AUDIO, the encoder looks for itself
  };
  // What is coded of the sound, whatever the rate.
  enum class Band {
    kWide,  // up to 8 kHz: all of a voice that was made at 16 kHz, for half of the work
    kAll,
  };
  int sample_rate_hz = 24000;  // 8000, 12000, 16000, 24000 or 48000
  int frame_duration_ms = 60;  // 5, 10, 20, 40, 60, 80, 100 or 120
  Tuning tuning = Tuning::kSpeech;
  int bitrate_bps = 28000;  // 0: the encoder's own choice
  int complexity = 5;       // 0..10; 5 costs half of 10 (measurements 3)
  bool dtx = false;         // true: a packet of 1 or 2 bytes for a silent frame
};

// What a worker sends to a device.
OpusEncoderConfig downlink_opus(int sample_rate_hz, int frame_duration_ms, int complexity = 5);
// What a voice of that band takes: complexity and bitrate. Without anything above 8 kHz all bits go to what there
// is, so that much less work sounds as good: docs/performance.md has the figures.
struct OpusEffort {
  OpusEncoderConfig::Band band = OpusEncoderConfig::Band::kAll;
  int complexity = 5;
  int bitrate_bps = 28000;
};
OpusEffort downlink_effort(OpusEncoderConfig::Band band);
// What a device sends (device-protocol 7.1): AUDIO, complexity 0, automatic bitrate, DTX.
OpusEncoderConfig device_uplink_opus(int frame_duration_ms = 60);

// Runs on: any one thread at a time.
// Owns: the encoder's state (44 kB).
class OpusEncoder {
 public:
  static Result<OpusEncoder> create(const OpusEncoderConfig& config);

  // REQUIRES: frame.size() == frame_samples().
  Result<Bytes> encode(std::span<const std::int16_t> frame);
  void set_effort(const OpusEffort& effort);  // from the next frame on; the configured one until then
  void reset();                               // forget the past: the next packet starts a new stream

  int frame_samples() const { return frame_samples_; }
  int sample_rate_hz() const { return sample_rate_hz_; }

 private:
  struct Free {
    void operator()(::OpusEncoder* encoder) const;
  };
  OpusEncoder(std::unique_ptr<::OpusEncoder, Free> state, const OpusEncoderConfig& config);

  std::unique_ptr<::OpusEncoder, Free> state_;
  int sample_rate_hz_;
  int frame_samples_;
};

}  // namespace earshot
