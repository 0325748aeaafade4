// What a broker may send to a simulated device: any bytes, cut anywhere.
#include <cstddef>
#include <cstdint>

#include "bench/simulator/load/mqtt_wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  simulator::MqttReader reader;
  const ByteView bytes(data, size);
  const std::size_t cut = size == 0 ? 0 : bytes[0] % size;
  std::size_t seen = 0;
  for (const ByteView part : {bytes.first(cut), bytes.subspan(cut)}) {
    reader.add(part);
    while (const auto packet = reader.next()) seen += packet->payload.size();
  }
  if (seen > size) __builtin_trap();
  return 0;
}
