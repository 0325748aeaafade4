// What an untrusted server may send to a simulated device:
// OTA answers, control messages, MCP requests, datagrams.
#include <cstddef>
#include <cstdint>

#include "bench/simulator/mcp_device.h"
#include "bench/simulator/ota_rules.h"
#include "bench/simulator/protocol_rules.h"
#include "bench/simulator/udp_receiver.h"
#include "bench/simulator/udp_rules.h"

using namespace earshot;
using namespace earshot::simulator;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const SteadyTime now{std::chrono::seconds(1)};
  Violations broken;
  switch (data[0] % 4) {
    case 0:
      read_ota_answer(200, std::string(as_text(input)), "2.4.2", broken);
      break;
    case 1: {
      ProtocolRules rules(Mode::kAuto);
      rules.sent({{"type", "hello"}}, now);
      rules.received(as_text(input), now, broken);
      rules.received(as_text(input), now, broken);
      rules.tick(now + std::chrono::seconds(100), broken);
      break;
    }
    case 2: {
      DeviceStatus status;
      McpDevice device(*make_tools({"status", "volume", "brightness", "theme"}, status), "sim", "1.0");
      const auto payload = json::parse_object(as_text(input), 100'000);
      if (!payload) break;
      const auto request = device.receive(*payload, broken);
      if (request.run) device.run(*request.run);
      break;
    }
    default: {
      UdpRules rules(Milliseconds(60));
      UdpReceiver receiver(Block{});
      rules.received(input, true, now, broken);
      rules.received(input, true, now, broken);
      receiver.receive(input);
      break;
    }
  }
  return 0;
}
