// Any bytes give no more than their length allows, or are refused; in which pieces they come makes no
// difference to what is heard.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "common/audio/wav_stream.h"

namespace {

std::optional<std::vector<std::int16_t>> heard_of(earshot::ByteView bytes, std::size_t piece) {
  earshot::WavStream stream;
  std::vector<std::int16_t> heard;
  const auto take = [&](const earshot::Result<earshot::Pcm>& some) {
    if (some) heard.insert(heard.end(), some->samples.begin(), some->samples.end());
    return some.ok();
  };
  while (!bytes.empty()) {
    const auto front = bytes.first(std::min(piece, bytes.size()));
    if (!take(stream.feed(front))) return std::nullopt;
    bytes = bytes.subspan(front.size());
  }
  if (!take(stream.finish())) return std::nullopt;
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const earshot::ByteView bytes(data + 1, size - 1);
  const auto whole = heard_of(bytes, size);
  const auto pieces = heard_of(bytes, std::size_t{1} + data[0]);
  if (whole.has_value() != pieces.has_value()) std::abort();
  // Another rate changes the number of samples by up to 48, and a filter adds some of its own.
  if (whole && whole->size() > size * 48 + 100'000) std::abort();
  return 0;
}
