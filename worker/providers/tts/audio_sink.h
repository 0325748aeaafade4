// What a speech service answered, as PCM while it arrives. The form is taken from the bytes, never from what
// was asked for: services answer WAV for MP3, MP3 for PCM, and errors as JSON with status 200.
//
// Pure.
// Lifecycle: feed()* -> finish(); nothing after an error.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>

#include "common/audio/mp3_decoder.h"
#include "common/audio/pcm.h"
#include "common/audio/wav_stream.h"
#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

struct AudioSinkConfig {
  bool expects_mp3 = false;  // else raw PCM is what nothing else looks like
  int pcm_rate_hz = 24000;   // of raw PCM: signed 16 bits, little-endian, mono
  std::size_t max_bytes = 16 * 1024 * 1024;
};

enum class AudioForm { kUndecided, kPcm, kWav, kMp3, kOgg, kText };

// What the front of an answer is. `complete`: nothing follows, so kUndecided is no answer.
AudioForm sniff_audio(ByteView front, bool expects_mp3, bool complete);

class AudioSink {
 public:
  explicit AudioSink(AudioSinkConfig config) : config_(config) {}

  // RETURNS: what these bytes complete, maybe nothing.
  // Errors: kTooLarge; kInvalid for a form or rate that cannot be played.
  Result<Pcm> feed(ByteView bytes);
  // The answer is over.
  // RETURNS: what was held back.
  // Errors: kInvalid when it was text in place of audio.
  Result<Pcm> finish();

 private:
  struct RawPcm {
    std::optional<std::uint8_t> carry;  // the first half of a sample whose second half is on its way
  };
  struct Text {};

  Status decide(bool complete);
  Result<Pcm> decode(ByteView bytes);
  Pcm decode_raw(RawPcm& raw, ByteView bytes) const;

  AudioSinkConfig config_;
  std::size_t taken_bytes_ = 0;
  Bytes front_;  // until the form is known; of text, the first 4 kB
  std::variant<std::monostate, RawPcm, WavStream, Mp3Decoder, Text> form_;
};

}  // namespace earshot::worker
