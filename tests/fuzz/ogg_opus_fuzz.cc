// Any kept audio: an Ogg file of bounded size, or a refusal.
#include <cstdint>
#include <cstdlib>

#include "common/audio/ogg_opus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packets(reinterpret_cast<const char*>(data), size);
  const auto file = earshot::audio::to_ogg_opus(packets, 16'000);
  if (file && (!file->starts_with("OggS") || file->size() > 200 + 2 * size)) std::abort();
  return 0;
}
