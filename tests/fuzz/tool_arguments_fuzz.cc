// A model's arguments against a device's schema, both of them anything: what comes out is JSON that can be
// sent, and fitting it again changes nothing.
#include <cstdint>
#include <cstdlib>

#include "common/base/bytes.h"
#include "worker/mcp/tool_arguments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  const std::string_view text = as_text({data, size});
  const std::size_t line = text.find('\n');
  auto arguments = json::parse_object(text.substr(0, line), 8 * 1024);
  if (!arguments || line == std::string_view::npos) return 0;
  const auto schema = json::parse_object(text.substr(line + 1), 8 * 1024);
  if (!schema) return 0;
  worker::fit_to_schema(*arguments, *schema);
  const std::string once = json::serialize(*arguments);
  worker::fit_to_schema(*arguments, *schema);
  if (json::serialize(*arguments) != once) std::abort();
  return 0;
}
