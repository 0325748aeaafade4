// How a caller writes sound down, one way; the worker codes it, the gateway does not. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/audio/sound_codec.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct CallFormat {
  SoundCodec codec = SoundCodec::kPcm16;
  std::uint32_t sample_rate_hz = 24000;

  bool operator==(const CallFormat&) const = default;
  // REQUIRES of all three: not kOpus, whose packets have no size by their length.
  // RETURNS: of one millisecond, of rates that are whole thousands.
  std::size_t bytes_a_ms() const { return sample_rate_hz / 1000 * bytes_a_sample(codec); }
  std::size_t bytes_in(std::uint32_t ms) const {
    return std::size_t{sample_rate_hz} * ms / 1000 * bytes_a_sample(codec);
  }
  Microseconds lasting(std::size_t bytes) const {
    return Microseconds(bytes / bytes_a_sample(codec) * 1'000'000 / sample_rate_hz);
  }
};

// So much of it ends what a detector hears: what it waits for (0: its usual silence, of a second at most), and some more
// for the frames around it.
constexpr std::uint32_t silence_that_ends(std::uint32_t wanted_ms) {
  return std::clamp<std::uint32_t>(wanted_ms, 1000, 10'000) + 300;  // as the worker bounds it (call_terms.cc)
}

inline void write_format(const CallFormat& format, std::uint32_t frame_ms, ipc::AudioFormat& into) {
  const auto codec = [&] {
    switch (format.codec) {
      case SoundCodec::kOpus:
        return ipc::AudioFormat::kOpus;
      case SoundCodec::kPcm16:
        return ipc::AudioFormat::kPcm16;
      case SoundCodec::kUlaw:
        return ipc::AudioFormat::kUlaw;
      case SoundCodec::kAlaw:
        return ipc::AudioFormat::kAlaw;
    }
    return ipc::AudioFormat::kPcm16;
  };
  into.set_codec(codec());
  into.set_sample_rate_hz(format.sample_rate_hz);
  into.set_frame_duration_ms(frame_ms);
}

}  // namespace earshot::gateway
