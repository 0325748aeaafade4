// Thoughts and calls in streamed text: however it is cut, the same is said, held back and called.
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "worker/providers/llm/text_call.h"
#include "worker/providers/llm/text_calls.h"
#include "worker/providers/llm/think_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool held = (data[0] & 0x80U) != 0;
  const std::vector<worker::ToolSpec> tools = {
      {.name = "f", .description = "", .input_schema = R"({"properties":{"v":{"type":"string"}}})"}};
  const worker::ToolNames names(tools);
  const auto read = [&](std::size_t step) {
    worker::ThinkFilter thinking(held);
    worker::TextCalls filter;
    std::string said;
    std::string called;  // behind the text of their piece, wherever they stood in it
    const auto take = [&](worker::TextCalls::Split split) {
      said += split.said;
      for (const std::string& block : split.blocks) {
        EARSHOT_CHECK(block.size() <= worker::TextCalls::kMaxBlockBytes, "a block is bounded");
        for (const auto& call : worker::calls_in(block, tools, names)) {
          EARSHOT_CHECK(!call.name.empty(), "a call has a name");
          called += call.name + call.arguments;
        }
      }
    };
    for (std::size_t at = 0; at < text.size(); at += step)
      take(filter.feed(thinking.feed(text.substr(at, step))));
    take(filter.feed(thinking.finish()));
    take(filter.finish());
    const auto unopened = thinking.unopened_thought();
    return said + '|' + called + (unopened ? (*unopened ? "+" : "-") : "");
  };
  EARSHOT_CHECK(read(1 + data[0] % 16U) == read(text.size() + 1), "pieces make no difference");
  return 0;
}
