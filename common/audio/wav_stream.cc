#include "common/audio/wav_stream.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace earshot {

namespace {

constexpr std::size_t kMaxHeadBytes = 64 * 1024;
// Writers that do not know the length claim 0, 0xFFFFFFFF, 0x7FFFFFFF, or one of those less the header.
constexpr std::uint32_t kUnknownSizeFrom = 0x7FFF0000;

}  // namespace

Result<Pcm> WavStream::feed(ByteView bytes) {
  if (in_data_ && data_left_ == 0) return Pcm{.samples = {}, .sample_rate_hz = format_->sample_rate_hz};
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (!in_data_) {
    const Status parsed = parse_head();
    if (!parsed) return parsed.error();
    if (!in_data_) return Pcm{};
  }
  return take_frames();
}

Status WavStream::parse_head() {
  const ByteView head = pending_;
  if (head.size() < kRiffHeaderBytes) return kDone;
  if (as_text(head.first(4)) != "RIFF" || as_text(head.subspan(8, 4)) != "WAVE")
    return invalid_wav("not a RIFF WAVE stream");
  std::size_t at = kRiffHeaderBytes;
  while (head.size() - at >= kChunkHeaderBytes) {
    const std::string_view id = as_text(head.subspan(at, 4));
    const std::uint32_t claimed = load_le32(head.data() + at + 4);
    at += kChunkHeaderBytes;
    if (id == "data") {
      if (!format_) return invalid_wav("data before format");
      if (claimed != 0 && claimed < kUnknownSizeFrom) data_left_ = claimed;
      in_data_ = true;
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
      return kDone;
    }
    const std::size_t padded = std::size_t{claimed} + claimed % 2;  // chunks begin at even offsets
    if (padded > kMaxHeadBytes - std::min(at, kMaxHeadBytes))
      return invalid_wav("too much before the samples");
    if (head.size() - at < padded) return kDone;  // the rest of this chunk is on its way
    if (id == "fmt ") {
      auto parsed = parse_wav_format(head.subspan(at, claimed));
      if (!parsed) return parsed.error();
      format_ = *parsed;
    }
    at += padded;
  }
  return kDone;
}

Pcm WavStream::take_frames() {
  std::size_t usable = pending_.size();
  if (data_left_) usable = static_cast<std::size_t>(std::min<std::uint64_t>(usable, *data_left_));
  usable -= usable % format_->frame_bytes();
  Pcm made = mix_down(ByteView(pending_).first(usable), *format_);
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(usable));
  if (data_left_) {
    *data_left_ -= usable;
    if (*data_left_ < format_->frame_bytes()) {
      data_left_ = 0;
      pending_.clear();
    }
  }
  return made;
}

}  // namespace earshot
