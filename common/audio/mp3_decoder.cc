#include "common/audio/mp3_decoder.h"

#include <mpg123.h>

#include <cstddef>
#include <string>

namespace earshot {

namespace {

mpg123_handle* as_handle(void* handle) {
  return static_cast<mpg123_handle*>(handle);
}

constexpr std::size_t kMaxSearchBytes = 256 * 1024;

Error internal(const char* what) {
  return Error{ErrorCode::kInternal, std::string("mp3: ") + what};
}

// Every rate the format knows, always mono and 16 bits: the library mixes down.
bool allow_mono_only(mpg123_handle* handle) {
  if (mpg123_format_none(handle) != MPG123_OK) return false;
  const long* rates = nullptr;
  std::size_t count = 0;
  mpg123_rates(&rates, &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (mpg123_format(handle, rates[i], MPG123_MONO, MPG123_ENC_SIGNED_16) != MPG123_OK) return false;
  }
  return true;
}

}  // namespace

void Mp3Decoder::HandleDeleter::operator()(void* handle) const {
  mpg123_delete(as_handle(handle));
}

Result<Mp3Decoder> Mp3Decoder::create() {
  static const bool started = mpg123_init() == MPG123_OK;
  if (!started) return internal("libmpg123 cannot start");
  std::unique_ptr<void, HandleDeleter> handle(mpg123_new(nullptr, nullptr));
  mpg123_handle* const raw = as_handle(handle.get());
  // Without read-ahead the first frame is heard at once; a tag (pictures and all) is not worth keeping.
  constexpr long kFlags = MPG123_QUIET | MPG123_FORCE_MONO | MPG123_SKIP_ID3V2 | MPG123_NO_READAHEAD;
  if (raw == nullptr || mpg123_param(raw, MPG123_ADD_FLAGS, kFlags, 0.0) != MPG123_OK ||
      !allow_mono_only(raw) || mpg123_open_feed(raw) != MPG123_OK) {
    return internal("libmpg123 refuses to open a stream");
  }
  return Mp3Decoder(std::move(handle));
}

Result<Pcm> Mp3Decoder::feed(ByteView bytes) {
  mpg123_handle* const raw = as_handle(handle_.get());
  if (mpg123_feed(raw, bytes.data(), bytes.size()) != MPG123_OK) return internal("out of memory");
  searched_bytes_ += bytes.size();
  Pcm decoded{.samples = {}, .sample_rate_hz = sample_rate_hz_};
  while (true) {
    off_t frame = 0;
    unsigned char* audio = nullptr;
    std::size_t audio_bytes = 0;
    const int outcome = mpg123_decode_frame(raw, &frame, &audio, &audio_bytes);
    if (outcome == MPG123_NEW_FORMAT) {
      long rate_hz = 0;
      int channels = 0;
      int encoding = 0;
      if (mpg123_getformat(raw, &rate_hz, &channels, &encoding) != MPG123_OK) return internal("no format");
      if (sample_rate_hz_ != 0 && rate_hz != sample_rate_hz_)
        return Error{ErrorCode::kInvalid, "mp3: the sample rate changes within the stream"};
      sample_rate_hz_ = static_cast<int>(rate_hz);
      decoded.sample_rate_hz = sample_rate_hz_;
    }
    if (outcome == MPG123_OK || outcome == MPG123_NEW_FORMAT) {
      const auto* samples = reinterpret_cast<const std::int16_t*>(audio);  // aligned by the library
      searched_bytes_ = 0;
      if (audio_bytes > 0)
        decoded.samples.insert(decoded.samples.end(), samples, samples + audio_bytes / sizeof(std::int16_t));
      continue;
    }
    if (searched_bytes_ > kMaxSearchBytes) return Error{ErrorCode::kInvalid, "mp3: no frame found"};
    if (outcome == MPG123_NEED_MORE || outcome == MPG123_DONE) return decoded;
    return Error{ErrorCode::kInvalid, std::string("mp3: ") + mpg123_strerror(raw)};
  }
}

}  // namespace earshot
