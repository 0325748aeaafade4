#include "worker/providers/asr/transcript_text.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(TranscriptText, LosesTagsSpaceAndInvalidBytes) {
  struct Case {
    const char* given;
    const char* wanted;
  };
  for (const Case& c :
       {Case{"<|zh|><|NEUTRAL|><|Speech|><|withitn|>你好。", "你好。"}, Case{"  hi \n", "hi"},
        Case{"a <|b", "a <|b"}, Case{"<||>", ""}, Case{"", ""}, Case{"a\xFF", "a\xEF\xBF\xBD"}}) {
    EXPECT_EQ(clean_transcript(c.given), c.wanted);
  }
}

TEST(TranscriptText, AsksForTheConfiguredLanguageBeforeTheConversations) {
  EXPECT_EQ(language_to_ask("", "en-US"), "en");
  EXPECT_EQ(language_to_ask("ZH", "en-US"), "zh");
  EXPECT_EQ(language_to_ask("auto", "en-US"), "");
  EXPECT_EQ(language_to_ask("", ""), "");
  EXPECT_EQ(language_to_ask("", "x&y=z"), "");
}

TEST(SegmentJoiner, PutsASpaceBetweenWordsAndNoneBesideChinese) {
  SegmentJoiner joiner;
  joiner.commit("Hello.");
  joiner.commit("<|en|> How are you?");
  EXPECT_EQ(joiner.text(), "Hello. How are you?");
  joiner.clear();
  joiner.commit("你好，");
  joiner.commit("世界。");
  joiner.set_partial("今天");
  EXPECT_EQ(joiner.text(), "你好，世界。今天");
  joiner.clear();
  joiner.commit("안녕");
  joiner.commit("세계");
  EXPECT_EQ(joiner.text(), "안녕 세계");
}

TEST(SegmentJoiner, ADecidedSegmentTakesThePlaceOfItsPartialText) {
  SegmentJoiner joiner;
  joiner.add_partial("wha");
  joiner.add_partial("t ti");
  EXPECT_EQ(joiner.text(), "what ti");
  joiner.commit("What time");
  EXPECT_EQ(joiner.text(), "What time");
  joiner.commit("is it");
  joiner.replace_last("is it?");
  EXPECT_EQ(joiner.text(), "What time is it?");
}

TEST(SegmentJoiner, HoldsNoMoreThanATranscriptMayHave) {
  SegmentJoiner joiner;
  for (int i = 0; i < 1000; ++i) {
    joiner.add_partial(std::string(1000, 'p'));
    if (i % 10 == 0) joiner.commit(std::string(1000, 'c'));
  }
  EXPECT_LE(joiner.text().size(), kMaxTranscriptBytes);
}

}  // namespace
}  // namespace earshot::worker
