// The answer of a model's service, from bytes to words and calls, in each dialect: any bytes, cut anywhere.
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/check.h"
#include "worker/providers/llm/coze_reader.h"
#include "worker/providers/llm/dify_reader.h"
#include "worker/providers/llm/ollama_reader.h"
#include "worker/providers/llm/openai_reader.h"
#include "worker/providers/llm/reply_decoder.h"

namespace {

std::unique_ptr<earshot::worker::ReplyReader> reader_of(unsigned dialect) {
  using namespace earshot::worker;
  switch (dialect) {
    case 0:
      return std::make_unique<CozeReader>();
    case 1:
      return std::make_unique<DifyReader>(false);
    case 2:
      return std::make_unique<DifyReader>(true);
    case 3:
      return std::make_unique<OllamaReader>();
    default:
      return std::make_unique<OpenAiReader>();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  using worker::ReplyDecoder;
  if (size < 2) return 0;
  const std::size_t step = 1 + data[0] % 64U;
  const unsigned dialect = data[1] % 16U;
  // A view of the input as text: the fuzzer gives unsigned bytes.
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  worker::LlmRequest request;
  request.tools = {
      {.name = "f", .description = "", .input_schema = R"({"properties":{"v":{"type":"integer"}}})"}};
  worker::ReplyContext context = worker::ReplyContext::of(request);
  context.may_begin_in_thought = (data[1] & 0x10U) != 0;
  ReplyDecoder decoder(
      reader_of(dialect),
      dialect == 3 ? ReplyDecoder::Framing::kJsonLines : ReplyDecoder::Framing::kServerSentEvents, context);
  std::size_t calls = 0;
  const auto check = [&](const worker::ReplyEvents& events) {
    for (const auto& call : events.calls) {
      EARSHOT_CHECK(!call.id.empty() && !call.name.empty(), "a call has an id and a name");
      EARSHOT_CHECK(json::parse_object(call.arguments, 1 << 20).ok(), "arguments are an object");
      EARSHOT_CHECK(++calls <= ReplyDecoder::kMaxCalls, "calls are bounded");
    }
    EARSHOT_CHECK(json::clean_text(events.text, events.text.size()) == events.text, "text is UTF-8");
    return events.end.has_value();
  };
  for (std::size_t at = 0; at < body.size(); at += step) {
    if (check(decoder.feed(body.substr(at, step)))) return 0;
  }
  EARSHOT_CHECK(check(decoder.finish()), "the end of the body is an end");
  return 0;
}
