// A WAVE file of any bytes gives a clip no longer than itself, or is refused;
// what is given can be written and read.
#include <cstdlib>

#include "common/audio/wav.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto clip = earshot::parse_wav({data, size});
  if (!clip.ok()) return 0;
  if (clip->samples.size() > size) std::abort();  // a sample has one byte at least
  const auto again = earshot::parse_wav(earshot::format_wav(*clip));
  if (!again.ok() || again->samples != clip->samples) std::abort();
  return 0;
}
