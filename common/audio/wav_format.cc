#include "common/audio/wav_format.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

namespace earshot {

namespace {

constexpr std::size_t kFormatBytes = 16;      // tag 2, channels 2, rate 4, bytes/s 4, block 2, bits 2
constexpr std::size_t kExtensibleBytes = 40;  // the above, then 10 bytes and a GUID that begins with the tag
constexpr std::uint16_t kTagPcm = 1;
constexpr std::uint16_t kTagFloat = 3;
constexpr std::uint16_t kTagALaw = 6;
constexpr std::uint16_t kTagMuLaw = 7;
constexpr std::uint16_t kTagExtensible = 0xFFFE;

std::optional<WavSample> sample_of(std::uint16_t tag, std::uint16_t bits) {
  switch (tag) {
    case kTagPcm:
      // Odd widths stand at the upper end of whole bytes.
      if (bits == 0 || bits > 32) return std::nullopt;
      if (bits <= 8) return WavSample::kUnsigned8;
      if (bits <= 16) return WavSample::kSigned16;
      return bits <= 24 ? WavSample::kSigned24 : WavSample::kSigned32;
    case kTagFloat:
      if (bits == 32) return WavSample::kFloat32;
      return bits == 64 ? std::optional(WavSample::kFloat64) : std::nullopt;
    case kTagALaw:
      return bits == 8 ? std::optional(WavSample::kALaw) : std::nullopt;
    case kTagMuLaw:
      return bits == 8 ? std::optional(WavSample::kMuLaw) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::size_t bytes_of(WavSample sample) {
  switch (sample) {
    case WavSample::kUnsigned8:
    case WavSample::kALaw:
    case WavSample::kMuLaw:
      return 1;
    case WavSample::kSigned16:
      return 2;
    case WavSample::kSigned24:
      return 3;
    case WavSample::kSigned32:
    case WavSample::kFloat32:
      return 4;
    case WavSample::kFloat64:
      return 8;
  }
  return 2;
}

std::uint64_t load_le64(const std::uint8_t* from) {
  return std::uint64_t{load_le32(from)} | (std::uint64_t{load_le32(from + 4)} << 32);
}

int from_float(double sample) {
  if (!(sample >= -1.0)) return sample < -1.0 ? -32768 : 0;  // neither: no number
  return static_cast<int>(std::min(sample * 32768.0, 32767.0));
}

// ITU-T G.711 table 1: sign, a segment of three bits, four bits within it; even bits are inverted.
int from_a_law(std::uint8_t byte) {
  const int code = byte ^ 0x55;
  const int segment = (code >> 4) & 7;
  const int step = code & 15;
  const int size = segment == 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1);
  return (code & 0x80) != 0 ? size : -size;
}

// ITU-T G.711 table 2: all bits are inverted; the segments begin 33 steps below zero.
int from_mu_law(std::uint8_t byte) {
  const int code = byte ^ 0xFF;
  const int size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return (code & 0x80) != 0 ? -size : size;
}

// The upper 16 bits of what stands at `from`.
int load_sample(const std::uint8_t* from, WavSample sample) {
  switch (sample) {
    case WavSample::kUnsigned8:
      return (int{*from} - 128) * 256;
    case WavSample::kSigned16:
      return static_cast<std::int16_t>(load_le16(from));
    case WavSample::kSigned24:
      return static_cast<std::int16_t>(load_le16(from + 1));
    case WavSample::kSigned32:
      return static_cast<std::int16_t>(load_le16(from + 2));
    case WavSample::kFloat32:
      return from_float(std::bit_cast<float>(load_le32(from)));
    case WavSample::kFloat64:
      return from_float(std::bit_cast<double>(load_le64(from)));
    case WavSample::kALaw:
      return from_a_law(*from);
    case WavSample::kMuLaw:
      return from_mu_law(*from);
  }
  return 0;
}

}  // namespace

Error invalid_wav(const char* what) {
  return Error{ErrorCode::kInvalid, std::string("wav: ") + what};
}

Result<WavFormat> parse_wav_format(ByteView chunk) {
  if (chunk.size() < kFormatBytes) return invalid_wav("format chunk too short");
  std::uint16_t tag = load_le16(chunk.data());
  if (tag == kTagExtensible && chunk.size() >= kExtensibleBytes) tag = load_le16(chunk.data() + 24);
  const std::uint16_t channels = load_le16(chunk.data() + 2);
  const std::uint32_t rate_hz = load_le32(chunk.data() + 4);
  const std::uint16_t block_bytes = load_le16(chunk.data() + 12);
  const std::uint16_t bits = load_le16(chunk.data() + 14);
  auto sample = sample_of(tag, bits);
  if (!sample) return invalid_wav("neither PCM, floating point, A-law nor mu-law of a known width");
  if (channels != 1 && channels != 2) return invalid_wav("neither mono nor stereo");
  if (rate_hz < 4000 || rate_hz > 192000) return invalid_wav("sample rate out of range");
  // 24 bits at the upper end of four bytes.
  if (sample == WavSample::kSigned24 && block_bytes == 4 * channels) sample = WavSample::kSigned32;
  return WavFormat{.channels = channels,
                   .sample_rate_hz = static_cast<int>(rate_hz),
                   .sample = *sample,
                   .sample_bytes = bytes_of(*sample)};
}

Pcm mix_down(ByteView data, const WavFormat& format) {
  const std::size_t frame_bytes = format.frame_bytes();
  Pcm pcm{.samples = std::vector<std::int16_t>(data.size() / frame_bytes),
          .sample_rate_hz = format.sample_rate_hz};
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    const std::uint8_t* frame = data.data() + i * frame_bytes;
    int sum = load_sample(frame, format.sample);
    if (format.channels == 2) sum += load_sample(frame + format.sample_bytes, format.sample);
    pcm.samples[i] = static_cast<std::int16_t>(sum / format.channels);
  }
  return pcm;
}

std::uint16_t load_le16(const std::uint8_t* from) {
  return static_cast<std::uint16_t>(from[0] | (from[1] << 8));
}

std::uint32_t load_le32(const std::uint8_t* from) {
  return std::uint32_t{load_le16(from)} | (std::uint32_t{load_le16(from + 2)} << 16);
}

}  // namespace earshot
