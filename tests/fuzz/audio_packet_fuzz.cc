// Whatever a datagram holds, a good verdict means that header and payload are the whole of it.
#include <cstdlib>

#include "gateway/doors/mqtt_udp/audio_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::gateway;
  const auto parsed = parse_audio_packet({data, size});
  if (parsed.verdict != AudioPacketVerdict::kGood) return 0;
  if (parsed.packet.header_bytes.size() + parsed.packet.payload.size() != size) std::abort();
  if (parsed.packet.payload.size() != parsed.packet.header.payload_bytes) std::abort();
  const auto again = build_audio_header(parsed.packet.header);
  for (std::size_t i = 0; i < again.size(); ++i) {
    if (again[i] != data[i]) std::abort();
  }
  return 0;
}
