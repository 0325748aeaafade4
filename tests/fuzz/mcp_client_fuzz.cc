// A device that answers its tools' questions with whatever it likes:
// replies in any order, any shape, any size.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/mcp/mcp_client.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const McpLimits limits{
      .message_bytes = 4096, .result_bytes = 256, .tools = 8, .pages = 4, .queued_calls = 4};
  McpClient client(limits);
  SteadyTime now{};
  client.start(now);
  // A line is a message; each one is followed by a call of whatever was listed and by some time.
  std::string_view rest = as_text({data, size});
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    client.on_message(line, now);
    // Now and then the device goes away and comes back, or a reply is lost.
    if (line.size() % 7 == 3) client.set_online(false, now);
    if (line.size() % 7 == 5) client.set_online(true, now);
    if (line.size() % 7 == 6)
      client.on_lost_reply(static_cast<std::int64_t>(line.size() % 32), McpClient::Loss::kUnreadable, now);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!client.tools().empty())
      client.call(client.tools().back().name, "{}",
                  {.late_after = Milliseconds(200), .timeout = Milliseconds(500)}, now);
    now += Milliseconds(200);
    client.tick(now);
    const McpOutput output = client.take_output();
    for (const McpAnswer& answer : output.answers) {
      if (answer.text.ok())
        EARSHOT_CHECK(answer.text->size() <= limits.result_bytes, "an answer is too long");
    }
    EARSHOT_CHECK(client.tools().size() <= limits.tools, "the list is too long");
    for (const std::string& message : output.messages) {
      EARSHOT_CHECK(json::parse_object(message, 1 << 20).ok(), "a request is not JSON");
    }
  }
  return 0;
}
