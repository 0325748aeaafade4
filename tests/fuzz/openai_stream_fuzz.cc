// The answer of an OpenAI-compatible server, from bytes to words and calls: any bytes, cut anywhere.
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/check.h"
#include "worker/providers/llm/openai_reader.h"
#include "worker/providers/llm/reply_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  using worker::ReplyDecoder;
  if (size == 0) return 0;
  const std::size_t step = 1 + data[0] % 64U;
  // A view of the input as text: the fuzzer gives unsigned bytes.
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  ReplyDecoder decoder(std::make_unique<worker::OpenAiReader>(), ReplyDecoder::Framing::kServerSentEvents,
                       {});
  const auto check = [](const worker::ReplyEvents& events) {
    for (const auto& call : events.calls) {
      EARSHOT_CHECK(!call.id.empty() && !call.name.empty(), "a call has an id and a name");
      EARSHOT_CHECK(json::parse_object(call.arguments, 1 << 20).ok(), "arguments are an object");
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
