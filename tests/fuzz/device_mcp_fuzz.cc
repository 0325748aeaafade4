// A device that says whatever it likes to the gateway's MCP client, while a worker and commands ask: each request
// ends once at most, and what is kept is bounded.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "gateway/xiaozhi/mcp_client.h"

using namespace earshot;
using namespace earshot::gateway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ToolCatalogue catalogue;
  McpCounters counters;
  McpClient client(catalogue, counters, 1, {.waiting = 4, .late = 3});
  SteadyTime now{};
  std::int64_t last = 0;
  std::int64_t wire = 2;  // the id of the next request on the wire, which a device could answer
  std::map<std::pair<McpAsker, std::int64_t>, bool> ended;
  std::string_view rest = as_text({data, size});
  // A line is what the device says; `#` stands for the id of what it was asked last.
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const McpAsker asker = line.size() % 2 == 0 ? McpAsker::kWorker : McpAsker::kCommands;
    ended[{asker, ++last}] = false;
    const SteadyTime deadline = now + Milliseconds(20'000);
    if (line.size() % 3 == 0) {
      client.ask(asker, {.id = last, .method = "tools/call", .params = {}, .deadline = deadline}, now);
    } else if (asker == McpAsker::kCommands) {
      client.ask_tools(asker, last, line.size() % 5 == 0, deadline, now);
    } else {
      const bool list = line.size() % 3 == 1;
      client.ask(
          asker,
          {.id = last, .method = list ? "tools/list" : "initialize", .params = {}, .deadline = deadline},
          now);
    }
    if (const auto at = line.find('#'); at != std::string::npos) line.replace(at, 1, std::to_string(wire));
    if (const auto message = json::parse_object(line, 64 * 1024)) client.hear(*message, now);
    if (line.size() % 11 == 7) client.lose(wire, McpLoss::kUnreadable, now);
    if (line.size() % 13 == 8) client.away();
    if (line.size() % 13 == 9) client.connected(now);
    if (line.size() % 17 == 3) client.forget(McpAsker::kWorker);
    now += Milliseconds(static_cast<std::int64_t>(line.size() % 4096));
    client.tick(now);
    const McpOutput output = client.take_output();
    for (const json::object& message : output.messages) {
      if (message.contains("method")) wire = *json::find_int(message, "id");
    }
    for (const McpAnswer& answer : output.answers) {
      const auto found = ended.find({answer.asker, answer.id});
      EARSHOT_CHECK(found != ended.end() && !std::exchange(found->second, true),
                    "an answer to nobody, or a second");
      if (const auto* tools = std::get_if<ToolsHandle>(&answer.outcome))
        EARSHOT_CHECK((*tools)->list.tools.size() <= ToolList::kMaxTools, "the list is too long");
    }
  }
  return 0;
}
