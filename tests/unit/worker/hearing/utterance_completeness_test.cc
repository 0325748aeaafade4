#include "worker/hearing/utterance_completeness.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

struct WordsCase {
  const char* words;
  const char* language;
  Completeness expected;
};

constexpr auto kFinished = Completeness::kFinished;
constexpr auto kUnfinished = Completeness::kUnfinished;
constexpr auto kUnknown = Completeness::kUnknown;

constexpr WordsCase kCases[] = {
    {"", "en-US", kUnknown},
    {"  ", "en-US", kUnknown},
    {".", "en-US", kUnknown},
    {"turn on the light", "en-US", kUnknown},
    {"Turn on the light.", "en-US", kFinished},
    {"What time is it? ", "en-US", kFinished},
    {"He said \"stop!\"", "en-US", kFinished},
    {"Turn on the light,", "en-US", kUnfinished},
    {"turn on the", "en-US", kUnfinished},
    {"Turn on the.", "en-US", kUnfinished},
    {"I think, um", "en-US", kUnfinished},
    {"and", "en", kUnfinished},
    {"AND", "en", kUnfinished},
    {"sand", "en", kUnknown},
    {"turn it on", "en", kUnknown},
    {"well...", "en", kUnfinished},
    {"well…", "en", kUnfinished},
    {"Who, and?", "en", kFinished},
    {"mach das Licht an", "de-DE", kUnknown},
    {"Mach das Licht an und", "de-DE", kUnfinished},
    {"und dann ÄHM", "de-DE", kUnfinished},
    {"und", "en-US", kUnknown},
    {"allume la", "fr-FR", kUnfinished},
    {"allume-la", "fr-FR", kUnknown},
    {"parce qu'à", "fr-FR", kUnfinished},
    {"enciende la luz y", "es-ES", kUnfinished},
    {"¿Qué hora es?", "es-ES", kFinished},
    {"现在几点了", "zh-CN", kUnknown},
    {"现在几点了？", "zh-CN", kFinished},
    {"你好吗", "zh-CN", kFinished},
    {"打开灯。", "zh-CN", kFinished},
    {"打开灯，", "zh-CN", kUnfinished},
    {"打开灯，然后", "zh-CN", kUnfinished},
    {"打开灯然后。", "zh-CN", kUnfinished},
    {"那个", "zh-CN", kUnfinished},
    {"因为", "en-US", kUnfinished},
    {"play some music 然后", "zh-CN", kUnfinished},
    {"turn on the", "zh-CN", kUnfinished},
    {"今何時ですか", "ja-JP", kFinished},
    {"電気をつけてください", "ja-JP", kFinished},
    {"えっと", "ja-JP", kUnfinished},
    {"電気を", "ja-JP", kUnfinished},
    {"불 켜 주세요", "ko-KR", kFinished},
    {"불 켜고 그리고", "ko-KR", kUnfinished},
    {"음악을 틀어", "ko-KR", kUnknown},
    {"노래를", "ko-KR", kUnfinished},
    {"\xC3", "en", kUnknown},
    {"\xFF\xFE", "en", kUnknown},
    {"and\xC3", "en", kUnknown},
};

TEST(UtteranceCompleteness, LooksAtTheEndOfTheWords) {
  for (const WordsCase& given : kCases) {
    EXPECT_EQ(completeness(given.words, given.language), given.expected)
        << '"' << given.words << "\" in " << given.language;
  }
}

TEST(UtteranceCompleteness, TakesTextsOfAnyLength) {
  EXPECT_EQ(completeness(std::string(1'000'000, 'a'), "en"), kUnknown);
  EXPECT_EQ(completeness(std::string(1'000'000, ' '), "en"), kUnknown);
  EXPECT_EQ(completeness(std::string(1'000'000, '.'), "en"), kUnfinished);
}

}  // namespace
}  // namespace earshot::worker
