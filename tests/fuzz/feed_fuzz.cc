// News feeds and answers of services, whatever they hold, and the events of a stream.
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/http_tools/answer_text.h"
#include "worker/providers/net/sse_reader.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  for (const auto format :
       {AnswerTerms::Format::kFeed, AnswerTerms::Format::kJson, AnswerTerms::Format::kText}) {
    const AnswerTerms terms{.format = format, .each = "/items", .limit = 5, .answer = "{{/title}} {{/0/a}}"};
    const auto told = answer_text(terms, text, 500);
    EARSHOT_CHECK(!told || told->size() <= 500, "a bounded text");
  }
  SseReader events(1024);
  std::size_t given = 0;
  (void)events.feed(text, [&](const SseEvent& event) {
    EARSHOT_CHECK(event.data.size() <= 1024 && event.id.size() <= 256, "a bounded event");
    return ++given < 100;
  });
  return 0;
}
