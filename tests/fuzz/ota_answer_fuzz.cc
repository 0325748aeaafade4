// Any headers and any body: the answer is JSON that a device survives, or a refusal.
#include <cstdint>
#include <cstdlib>

#include "common/json/json.h"
#include "gateway/doors/ota/ota_answer.h"
#include "gateway/doors/ota/ota_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The first line is the user agent, the second the language, the rest the body.
  const auto first = text.find('\n');
  const auto second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  http::Request request;
  request.headers.add("Device-Id", "11:22:33:44:55:66");
  request.headers.add("User-Agent", std::string(text.substr(0, first)));
  if (second != std::string_view::npos) {
    request.headers.add("Accept-Language", std::string(text.substr(first + 1, second - first - 1)));
    request.headers.add("Client-Id", std::string(text.substr(first + 1, second - first - 1)));
    request.body = text.substr(second + 1);
  }
  request.headers.add("Serial-Number", std::string(text.substr(0, first)));
  const auto report = gateway::read_ota_request(request);
  if (!report) std::abort();
  const gateway::OtaConfig config{.mqtt_host = "127.0.0.1", .device_key = Secret("key")};
  for (const bool admitted : {true, false}) {
    const gateway::OtaDecision decision{.admitted = admitted,
                                        .code = admitted ? "" : "123456",
                                        .challenge = admitted ? "" : "c",
                                        .firmware = {}};
    const auto answer =
        json::parse_object(gateway::compose_ota_answer(*report, decision, config, {}), 1 << 16);
    if (!answer || answer->contains("mqtt") != admitted) std::abort();
  }
  return 0;
}
