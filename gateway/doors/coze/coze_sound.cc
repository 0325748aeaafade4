#include "gateway/doors/coze/coze_sound.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace earshot::gateway {

namespace {

constexpr std::size_t kRiffBytes = 12;
constexpr std::size_t kChunkHeadBytes = 8;

std::size_t load_le32(ByteView from) {
  return from[0] | std::size_t{from[1]} << 8 | std::size_t{from[2]} << 16 | std::size_t{from[3]} << 24;
}

// Where the samples begin; 0: there is no header.
std::size_t wav_head(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  if (!text.starts_with("RIFF") || text.size() < kRiffBytes || text.substr(8, 4) != "WAVE") return 0;
  std::size_t at = kRiffBytes;
  while (at + kChunkHeadBytes <= bytes.size()) {
    if (text.substr(at, 4) == "data") return at + kChunkHeadBytes;
    at += kChunkHeadBytes + load_le32(bytes.subspan(at + 4, 4));
  }
  return bytes.size();
}

// The upper 16 bits of a sample.
int sample_of(ByteView bytes) {
  switch (bytes.size()) {
    case 1:
      return (int{bytes[0]} - 128) * 256;  // 8 bits have no sign in PCM
    case 2:
      return static_cast<std::int16_t>(bytes[0] | bytes[1] << 8);
    default:
      return static_cast<std::int16_t>(bytes[1] | bytes[2] << 8);
  }
}

}  // namespace

Bytes CozeSound::read(ByteView bytes, const CozeSettings& settings) {
  const bool plain = settings.input_codec == SoundCodec::kPcm16;
  if (!begun_ && plain) bytes = bytes.subspan(wav_head(bytes));
  begun_ = true;
  const std::size_t depth = plain ? settings.input_bit_depth / 8 : 1;
  const std::size_t channels = settings.input_channels;
  Bytes whole = std::move(rest_);
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  const std::size_t used = whole.size() / (depth * channels) * depth * channels;
  rest_.assign(whole.begin() + static_cast<std::ptrdiff_t>(used), whole.end());
  whole.resize(used);
  if (channels == 1 && (!plain || depth == 2)) return whole;
  Bytes mono;
  const ByteView samples = whole;
  for (std::size_t at = 0; at < used; at += depth * channels) {
    if (!plain) {  // G.711 has no arithmetic of its own: the left channel
      mono.push_back(samples[at]);
      continue;
    }
    int sum = 0;
    for (std::size_t channel = 0; channel < channels; ++channel)
      sum += sample_of(samples.subspan(at + channel * depth, depth));
    const auto mean = static_cast<std::uint16_t>(sum / static_cast<int>(channels));
    mono.push_back(static_cast<std::uint8_t>(mean & 0xFF));
    mono.push_back(static_cast<std::uint8_t>(mean >> 8));
  }
  return mono;
}

}  // namespace earshot::gateway
