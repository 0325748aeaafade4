#include "common/audio/wav_format.h"

#include <string>

namespace earshot {

namespace {

constexpr std::size_t kFormatBytes = 16;      // tag 2, channels 2, rate 4, bytes/s 4, block 2, bits 2
constexpr std::size_t kExtensibleBytes = 40;  // the above, then 10 bytes and a GUID that begins with the tag
constexpr std::uint16_t kTagPcm = 1;
constexpr std::uint16_t kTagExtensible = 0xFFFE;

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
  const std::uint16_t bits = load_le16(chunk.data() + 14);
  if (tag != kTagPcm || bits != 16) return invalid_wav("not 16-bit PCM");
  if (channels != 1 && channels != 2) return invalid_wav("neither mono nor stereo");
  if (rate_hz < 4000 || rate_hz > 192000) return invalid_wav("sample rate out of range");
  return WavFormat{.channels = channels, .sample_rate_hz = static_cast<int>(rate_hz)};
}

Pcm mix_down(ByteView data, const WavFormat& format) {
  const std::size_t frame_bytes = format.frame_bytes();
  Pcm pcm{.samples = std::vector<std::int16_t>(data.size() / frame_bytes),
          .sample_rate_hz = format.sample_rate_hz};
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    const std::uint8_t* frame = data.data() + i * frame_bytes;
    int sum = 0;
    for (int channel = 0; channel < format.channels; ++channel) {
      sum += static_cast<std::int16_t>(load_le16(frame + 2 * channel));
    }
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
