// Ollama's lines: any bytes, cut anywhere; the cut makes no difference.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "worker/providers/llm/ollama_reader.h"
#include "worker/providers/net/ndjson_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read = [&](std::size_t step) {
    worker::NdjsonReader lines(4096);
    worker::OllamaReader reader;
    std::string seen;
    for (std::size_t at = 0; at < body.size(); at += step) {
      const Status status = lines.feed(body.substr(at, step), [&](std::string_view line) {
        worker::ReplyEvents events;
        reader.on_event({}, line, events);
        seen += std::string(line) + events.text;
        return !events.end.has_value();
      });
      if (!status) return seen;
    }
    return seen + std::to_string(lines.skipped());
  };
  EARSHOT_CHECK(read(1 + data[0] % 64U) == read(body.size() + 1), "pieces make no difference");
  return 0;
}
