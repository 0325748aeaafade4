// Commands as operators and browsers send them, and what devices answer.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "gateway/control/commands/command_request.h"
#include "gateway/control/commands/tool_list.h"
#include "gateway/xiaozhi/device_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = size % 2 == 0 ? DeviceId::parse("02:00:00:00:00:01") : std::nullopt;
  if (const auto request = commands::parse_command_request(text, target)) {
    EARSHOT_CHECK(request->devices.size() <= commands::kMaxTargets, "more devices than allowed");
    EARSHOT_CHECK(!request->devices.empty() || !request->tag.empty(), "a command for nobody");
    EARSHOT_CHECK(request->id.empty() || commands::is_command_key(request->id), "a bad key");
    EARSHOT_CHECK(json::serialize(request->arguments).size() < 12 * 1024, "more than a device takes");
  }
  if (const auto reply = commands::read_reply(text); reply && reply->result) {
    (void)commands::tool_result(*reply->result);
    commands::ToolPages pages;
    if (pages.add(*reply->result)) {
      const auto tools = pages.take();
      for (const auto& tool : tools.tools) (void)commands::check_arguments(tool, *reply->result);
      (void)tools.to_json();
    }
  }
  return 0;
}
