#include "common/audio/wav_stream.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace earshot {

namespace {

constexpr std::size_t kMaxHeadBytes = 64 * 1024;
// Writers that do not know the length claim 0, 0xFFFFFFFF, 0x7FFFFFFF, or one of those less the header.
constexpr std::uint32_t kUnknownSizeFrom = 0x7FFF0000;
// "RIFF", a size, "WAVE": among samples by chance once in 2^64 places.
constexpr std::string_view kRiff = "RIFF";
constexpr std::string_view kWave = "WAVE";

// Where another file begins in `bytes`, or may begin as far as can be seen; their size: nowhere.
std::size_t find_file(std::string_view bytes) {
  for (std::size_t at = bytes.find(kRiff[0]); at != std::string_view::npos;
       at = bytes.find(kRiff[0], at + 1)) {
    const std::string_view front = bytes.substr(at, kRiff.size());
    if (!kRiff.starts_with(front)) continue;
    const std::string_view form = bytes.substr(std::min(at + 8, bytes.size()), kWave.size());
    if (kWave.starts_with(form)) return at;
  }
  return bytes.size();
}

bool is_chunk_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<Pcm> WavStream::feed(ByteView bytes) {
  if (part_ == Part::kIgnored) return Pcm{.samples = {}, .sample_rate_hz = rate_hz_};
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  Pcm made;
  for (bool more = true; more;) {
    switch (part_) {
      case Part::kHead: {
        const auto taken = take_head();
        if (!taken) return taken.error();
        more = *taken;
        break;
      }
      case Part::kSamples: {
        const auto taken = take_samples(made);
        if (!taken) return taken.error();
        more = *taken;
        break;
      }
      case Part::kBehind:
        more = take_behind();
        break;
      case Part::kIgnored:
        pending_.clear();
        more = false;
        break;
    }
  }
  made.sample_rate_hz = rate_hz_;
  return made;
}

Result<Pcm> WavStream::finish() {
  Pcm made;
  if (part_ == Part::kSamples) {
    ByteView rest = pending_;
    if (data_left_)
      rest = rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), *data_left_)));
    if (Status status = append(made, mix_down(rest, *format_)); !status) return status.error();
    end_file(made);
  }
  pending_.clear();
  part_ = Part::kIgnored;
  made.sample_rate_hz = rate_hz_;
  return made;
}

Result<bool> WavStream::take_head() {
  const ByteView head = pending_;
  if (head.size() < kRiffHeaderBytes) return false;
  if (as_text(head.first(4)) != kRiff || as_text(head.subspan(8, 4)) != kWave)
    return invalid_wav("not a RIFF WAVE stream");
  std::optional<WavFormat> format;
  std::size_t at = kRiffHeaderBytes;
  while (head.size() - at >= kChunkHeaderBytes) {
    const std::string_view id = as_text(head.subspan(at, 4));
    const std::uint32_t claimed = load_le32(head.data() + at + 4);
    at += kChunkHeaderBytes;
    if (id == "data") {
      if (!format) return invalid_wav("data before format");
      format_ = format;
      data_left_.reset();
      if (claimed != 0 && claimed < kUnknownSizeFrom) data_left_ = claimed;
      odd_ = claimed % 2 != 0;
      if (rate_hz_ == 0) rate_hz_ = format_->sample_rate_hz;
      part_ = Part::kSamples;
      drop(at);
      return true;
    }
    const std::size_t padded = std::size_t{claimed} + claimed % 2;  // chunks begin at even offsets
    if (padded > kMaxHeadBytes - std::min(at, kMaxHeadBytes))
      return invalid_wav("too much before the samples");
    if (head.size() - at < padded) return false;  // the rest of this chunk is on its way
    if (id == "fmt ") {
      auto parsed = parse_wav_format(head.subspan(at, claimed));
      if (!parsed) return parsed.error();
      format = *parsed;
    }
    at += padded;
  }
  return false;
}

Result<bool> WavStream::take_samples(Pcm& made) {
  const std::size_t next_file = find_file(as_text(pending_));
  const bool file_begins = pending_.size() - next_file >= kRiffHeaderBytes;
  std::size_t usable = next_file;
  const bool ends = data_left_ && *data_left_ <= usable;
  if (ends) usable = static_cast<std::size_t>(*data_left_);
  const std::size_t whole = usable - usable % format_->frame_bytes();
  if (Status status = append(made, mix_down(ByteView(pending_).first(whole), *format_)); !status)
    return status.error();
  if (data_left_) *data_left_ -= whole;
  if (!ends && !file_begins) {
    drop(whole);
    return false;
  }
  // An incomplete frame is nothing.
  drop(usable);
  end_file(made);
  skip_ = 0;
  part_ = ends ? Part::kBehind : Part::kHead;
  return true;
}

// Chunks of any kind, until another file begins.
bool WavStream::take_behind() {
  if (skip_ > 0) {
    const std::size_t skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, pending_.size()));
    drop(skipped);
    skip_ -= skipped;
    if (skip_ > 0) return false;
  }
  if (pending_.size() < kChunkHeaderBytes) return false;
  std::string_view id = as_text(pending_).substr(0, 4);
  if (std::exchange(odd_, false) && id != kRiff && pending_[0] == 0) {
    drop(1);
    return true;
  }
  if (id == kRiff) {
    part_ = Part::kHead;
  } else if (!is_chunk_id(id)) {
    part_ = Part::kIgnored;
  } else {
    const std::uint32_t claimed = load_le32(pending_.data() + 4);
    skip_ = std::uint64_t{claimed} + claimed % 2;
    drop(kChunkHeaderBytes);
  }
  return true;
}

Status WavStream::append(Pcm& made, Pcm samples) {
  if (samples.samples.empty()) return kDone;
  if (samples.sample_rate_hz != rate_hz_) {
    if (!resampler_) {
      auto resampler = Resampler::create(samples.sample_rate_hz, rate_hz_);
      if (!resampler) return resampler.error();
      resampler_ = std::move(*resampler);
    }
    samples.samples = resampler_->process(samples.samples);
  }
  if (made.samples.empty()) {
    made.samples = std::move(samples.samples);
  } else {
    made.samples.insert(made.samples.end(), samples.samples.begin(), samples.samples.end());
  }
  return kDone;
}

void WavStream::end_file(Pcm& made) {
  if (!resampler_) return;
  const std::vector<std::int16_t> rest = resampler_->flush();
  made.samples.insert(made.samples.end(), rest.begin(), rest.end());
  resampler_.reset();
}

void WavStream::drop(std::size_t bytes) {
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(bytes));
}

}  // namespace earshot
