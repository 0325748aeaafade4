#include "common/audio/wav.h"

#include <algorithm>
#include <fstream>
#include <ios>
#include <optional>
#include <string_view>

#include "common/audio/wav_format.h"

namespace earshot {
namespace {

constexpr std::size_t kWrittenFormatBytes =
    16;  // as written: tag 2, channels 2, rate 4, bytes/s 4, block 2, bits 2

void append_le16(Bytes& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value));
  to.push_back(static_cast<std::uint8_t>(value >> 8));
}
void append_le32(Bytes& to, std::uint32_t value) {
  append_le16(to, static_cast<std::uint16_t>(value));
  append_le16(to, static_cast<std::uint16_t>(value >> 16));
}
void append_text(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
}

}  // namespace

Result<Pcm> parse_wav(ByteView file) {
  if (file.size() > kMaxWavBytes) return Error{ErrorCode::kTooLarge, "wav: file too large"};
  if (file.size() < kRiffHeaderBytes || as_text(file.first(4)) != "RIFF" ||
      as_text(file.subspan(8, 4)) != "WAVE") {
    return invalid_wav("not a RIFF WAVE file");
  }
  std::optional<WavFormat> format;
  ByteView rest = file.subspan(kRiffHeaderBytes);
  while (rest.size() >= kChunkHeaderBytes) {
    const std::string_view id = as_text(rest.first(4));
    const std::size_t claimed = load_le32(rest.data() + 4);
    rest = rest.subspan(kChunkHeaderBytes);
    const ByteView chunk = rest.first(std::min(claimed, rest.size()));
    if (id == "fmt ") {
      auto parsed = parse_wav_format(chunk);
      if (!parsed) return parsed.error();
      format = *parsed;
    } else if (id == "data") {
      if (!format) return invalid_wav("data before format");
      return mix_down(chunk, *format);
    }
    // Chunks begin at even offsets; the pad byte is not counted in the size.
    rest = rest.subspan(std::min(chunk.size() + claimed % 2, rest.size()));
  }
  return invalid_wav("no data chunk");
}

Bytes format_wav(const Pcm& clip) {
  const auto rate_hz = static_cast<std::uint32_t>(clip.sample_rate_hz);
  const auto data_bytes = static_cast<std::uint32_t>(clip.samples.size() * 2);
  Bytes file;
  file.reserve(kRiffHeaderBytes + 2 * kChunkHeaderBytes + kWrittenFormatBytes + data_bytes);
  append_text(file, "RIFF");
  append_le32(file, static_cast<std::uint32_t>(4 + 2 * kChunkHeaderBytes + kWrittenFormatBytes) + data_bytes);
  append_text(file, "WAVE");
  append_text(file, "fmt ");
  append_le32(file, kWrittenFormatBytes);
  append_le16(file, 1);  // PCM
  append_le16(file, 1);  // channels
  append_le32(file, rate_hz);
  append_le32(file, rate_hz * 2);  // bytes a second
  append_le16(file, 2);            // bytes a frame
  append_le16(file, 16);           // bits a sample
  append_text(file, "data");
  append_le32(file, data_bytes);
  for (const std::int16_t sample : clip.samples) append_le16(file, static_cast<std::uint16_t>(sample));
  return file;
}

Result<Pcm> read_wav_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return Error{ErrorCode::kNotFound, path + ": cannot be opened"};
  const std::streamoff size = in.tellg();
  if (size < 0) return invalid_wav("not a regular file");
  if (static_cast<std::uint64_t>(size) > kMaxWavBytes) {
    return Error{ErrorCode::kTooLarge, path + ": too large"};
  }
  Bytes file(static_cast<std::size_t>(size));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(file.data()), size);
  if (!in) return Error{ErrorCode::kUnavailable, path + ": cannot be read"};
  auto clip = parse_wav(file);
  if (!clip) return Error{clip.error().code, path + ": " + clip.error().message};
  return clip;
}

Status write_wav_file(const std::string& path, const Pcm& clip) {
  const Bytes file = format_wav(clip);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  out.close();
  if (!out) return Error{ErrorCode::kUnavailable, path + ": cannot be written"};
  return kDone;
}

}  // namespace earshot
