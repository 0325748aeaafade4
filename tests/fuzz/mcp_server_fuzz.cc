// A server that says whatever it likes to the client of MCP servers, as lines of a program.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/mcp_servers/line_reader.h"
#include "worker/mcp_servers/server_client.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ServerLimits limits{.message_bytes = 4096,
                            .result_bytes = 256,
                            .tools = 8,
                            .pages = 4,
                            .open_calls = 2,
                            .waiting_calls = 2};
  ServerClient client(limits);
  LineReader lines(1024);
  SteadyTime now{};
  client.start(now);
  const auto take = [&] {
    const ServerOutput output = client.take_output();
    for (const ServerAnswer& answer : output.answers)
      EARSHOT_CHECK(!answer.text || answer.text->size() <= limits.result_bytes, "a bounded answer");
    EARSHOT_CHECK(client.tools().size() <= limits.tools, "a bounded list");
    if (!output.broken) return;
    client.lost("x");
    (void)client.take_output();
    client.start(now);
  };
  std::string_view rest = as_text({data, size});
  while (!rest.empty()) {
    const std::size_t piece = std::min<std::size_t>(rest.size(), 100);
    lines.feed(rest.substr(0, piece),
               {.on_line = [&](std::string_view line) { client.on_message(line, now); },
                .on_too_long =
                    [&](std::optional<std::int64_t> id) {
                      client.failed(id.value_or(0), {ErrorCode::kTooLarge, "x"}, now);
                    }});
    take();
    if (!client.tools().empty()) client.call(client.tools().front().name, {}, Milliseconds(1000), now);
    if (piece % 7 == 3) client.session_gone(static_cast<std::int64_t>(piece), now);
    now += Milliseconds(500);
    client.tick(now);
    take();
    rest.remove_prefix(piece);
  }
  return 0;
}
