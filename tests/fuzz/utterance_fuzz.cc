// Text typed by a stranger: cut into words and matched against every phrase.
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "worker/providers/llm/intent_matcher.h"
#include "worker/providers/llm/utterance_words.h"

using namespace earshot;
using namespace earshot::worker;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const IntentMatcher matcher;
  const auto words = utterance_words(as_text({data, size}));
  EARSHOT_CHECK(words.size() <= kMaxCommandWords + 1, "too many words");
  for (const std::string& word : words) EARSHOT_CHECK(!word.empty(), "an empty word");
  static_cast<void>(matcher.match(as_text({data, size})));
  return 0;
}
