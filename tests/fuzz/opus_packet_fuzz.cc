// Whatever bytes come, libopus and our check agree on what a packet is.
#include <opus.h>

#include <cstdlib>

#include "common/audio/opus_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 3000) return 0;
  const auto info = earshot::gateway::inspect_opus_packet({data, size});
  if (size == 0) return info ? 0 : (std::abort(), 0);
  const unsigned char* frames[48];
  opus_int16 sizes[48];
  const int count = opus_packet_parse(data, static_cast<opus_int32>(size), nullptr, frames, sizes, nullptr);
  if (info.has_value() != (count > 0)) std::abort();
  return 0;
}
