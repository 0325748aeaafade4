// Free text of a stranger: cut into words and read as a wish with its amounts, times and names.
#include <cmath>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/providers/llm/wishes/said_duration.h"
#include "worker/providers/llm/wishes/said_number.h"
#include "worker/providers/llm/wishes/said_words.h"
#include "worker/providers/llm/wishes/wish.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto said = said_words(as_text({data, size}));
  EARSHOT_CHECK(said.words.size() <= kMaxSaidWords && said.words.size() == said.places.size(),
                "too many words");
  if (const auto number = read_said_number(said.words)) {
    EARSHOT_CHECK(number->value >= 0 && number->value <= kMaxSaidNumber, "a number out of bounds");
    EARSHOT_CHECK(number->words > 0 && number->words <= said.words.size(), "a number of too many words");
    static_cast<void>(written_number(number->value));
  }
  const auto wish = read_wish(as_text({data, size}));
  if (!wish) return 0;
  EARSHOT_CHECK(std::fabs(wish->calculation.value) <= kMaxSaidNumber, "a sum out of bounds");
  EARSHOT_CHECK(!wish->seconds || (*wish->seconds > 0 && *wish->seconds <= kMaxSaidSeconds), "a duration");
  return 0;
}
