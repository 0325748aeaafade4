// What a model writes, on its way to the voice, and what a recogniser writes. The first byte chooses the language, the
// second the size of the pieces.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/json/json.h"
#include "worker/speaking/reply_text.h"
#include "worker/speaking/spoken_language.h"
#include "worker/spoken_text/characters.h"
#include "worker/spoken_text/markdown_text.h"
#include "worker/spoken_text/spoken_form.h"
#include "worker/spoken_text/transcript_words.h"

using namespace earshot;
using namespace earshot::worker;

namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == ',' || c == '.';
    if (!word) return false;
  }
  return has_word_characters(text);
}

void check_valid(std::string_view text) {
  EARSHOT_CHECK(json::clean_text(text, text.size() * 3) == text, "no valid UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr std::array<std::string_view, 8> kLanguages{"en-US", "zh-CN", "ja-JP", "de-DE",
                                                       "es-ES", "fr-FR", "ko-KR", "en-GB"};
  static const SpokenForm form(WordReplacements({{"ab", "a b"}, {"1", "one"}, {"行", "航"}}));
  const std::string_view language = kLanguages[data[0] % kLanguages.size()];
  const std::size_t step = 1 + data[1] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);

  ReplyText reply(64 * 1024);
  bool words = false;
  const auto take = [&](const ReplyText::Piece& piece) {
    for (const std::string& sentence : piece.sentences) {
      EARSHOT_CHECK(sentence.size() <= SentenceSplitter::kMaxSentenceBytes + 64, "a sentence without bounds");
      check_valid(sentence);
      const std::string spoken = form.of(sentence, spoken_language(sentence, language));
      check_valid(spoken);
      EARSHOT_CHECK(spoken.size() <= SpokenForm::kMaxBytes, "spoken text without bounds");
      EARSHOT_CHECK(!has_word_characters(sentence) || has_word_characters(spoken), "the words were lost");
      words = words || has_word_characters(spoken);
    }
  };
  for (std::size_t i = 0; i < text.size(); i += step) take(reply.add(text.substr(i, step)));
  take(reply.flush());
  EARSHOT_CHECK(!is_plain(text) || words, "plain words were lost");

  // However it is cut, it is the same.
  const std::string clean = json::clean_text(text, text.size() * 3);
  MarkdownText whole;
  MarkdownText single;
  std::string one = whole.add(clean);
  std::string other;
  for (std::size_t i = 0; i < clean.size();) {
    const std::size_t bytes = character_at(clean, i).bytes;
    other += single.add(std::string_view(clean).substr(i, bytes));
    i += bytes;
  }
  one += whole.flush();
  other += single.flush();
  const bool long_lines = clean.size() > MarkdownText::kMaxLineBytes / 16;  // then bounds decide
  EARSHOT_CHECK(long_lines || one == other, "the pieces matter");
  static_cast<void>(has_spoken_words(text, Milliseconds(100)));
  return 0;
}
