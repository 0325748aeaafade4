// Whatever a device sends as JSON, what a good verdict holds is bounded and safe to pass on.
#include <array>
#include <cstdlib>
#include <string>

#include "common/json/json.h"
#include "gateway/xiaozhi/control_message.h"

namespace {

using namespace earshot::gateway;

void check(std::string_view json) {
  const auto parsed = parse_control_message(json);
  if (parsed.session_id.find_first_of("\"\\ \n") != std::string::npos) std::abort();
  if (parsed.broken_reply && parsed.verdict == ControlVerdict::kGood) std::abort();
  if (parsed.verdict != ControlVerdict::kGood) return;
  if (const auto* listen = std::get_if<DeviceListen>(&parsed.message)) {
    if (listen->text.size() > kMaxDeviceTextBytes) std::abort();
  }
  if (const auto* hello = std::get_if<DeviceHello>(&parsed.message)) {
    if (hello->sample_rate_hz < 8000 || hello->sample_rate_hz > 48000) std::abort();
    if (hello->frame_duration.count() < 5 || hello->frame_duration.count() > 120) std::abort();
  }
  if (const auto* mcp = std::get_if<DeviceMcp>(&parsed.message)) {
    // Mended, four bytes for one; escapes may grow when written again, to six for one at most.
    if (!earshot::json::parse_object(mcp->payload, 24 * kMaxControlBytes).ok()) std::abort();
  }
}

}  // namespace

// As it is, and spliced into the messages of the firmware, which random bytes would not find.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input);
  constexpr std::array<std::string_view, 5> kBefore{
      R"({"type":"hello","version":3,"transport":"udp","audio_params":{)",
      R"({"type":"hello","version":3,"transport":"udp","features":)",
      R"({"type":"listen","session_id":"a","state":)", R"({"type":"abort","session_id":)",
      R"({"type":"mcp","payload":)"};
  check(R"({"session_id":"a","type":"mcp","payload":{"jsonrpc":"2.0","id":1,"error":{"message":")" +
        std::string(input) + "\"}}}");
  for (const auto before : kBefore) check(std::string(before) + std::string(input) + "}");
  return 0;
}
