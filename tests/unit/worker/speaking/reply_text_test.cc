#include "worker/speaking/reply_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

struct Whole {
  std::vector<std::string> emotions;
  std::string text;
  std::vector<std::string> sentences;
};

Whole all(ReplyText& reply, std::string_view text, std::size_t step) {
  Whole whole;
  const auto take = [&](ReplyText::Piece piece) {
    if (!piece.emotion.empty()) whole.emotions.emplace_back(piece.emotion);
    whole.text += piece.text;
    for (std::string& sentence : piece.sentences) whole.sentences.push_back(std::move(sentence));
  };
  for (std::size_t i = 0; i < text.size(); i += step) take(reply.add(text.substr(i, step)));
  take(reply.flush());
  return whole;
}

TEST(ReplyText, GivesTheSameHoweverItsDeltasAreCut) {
  for (std::size_t step = 1; step <= 40; ++step) {
    ReplyText reply(8192);
    const Whole whole = all(reply, "😊 你好！Nice to meet you 👍🏽. ☀️ It is 3.5 degrees. 😢", step);
    EXPECT_THAT(whole.emotions, ElementsAre("happy")) << step;
    EXPECT_THAT(whole.sentences, ElementsAre("你好！", "Nice to meet you .", "It is 3.5 degrees.")) << step;
  }
}

TEST(ReplyText, HistoryKeepsTheMarksThatTheVoiceDoesNotGet) {
  const std::string text =
      "# Plan\n**First**, take *two* eggs.\n- Mix `flour` in.\n1. See [this page](http://example.com/a_b).\n";
  for (const std::size_t step : {1U, 3U, 1000U}) {
    ReplyText reply(8192);
    const Whole whole = all(reply, text, step);
    EXPECT_EQ(whole.text, text);
    EXPECT_THAT(whole.sentences,
                ElementsAre("Plan", "First, take two eggs.", "Mix flour in.", "1. See this page."));
  }
}

TEST(ReplyText, MendsBrokenCharacters) {
  ReplyText reply(8192);
  EXPECT_EQ(all(reply,
                "a\xff"
                "b\xe4\xbd",
                1)
                .text,
            "a\uFFFDb\uFFFD\uFFFD");
}

TEST(ReplyText, IsBounded) {
  ReplyText reply(1000);
  const Whole whole = all(reply, std::string(100'000, 'x'), 1000);
  EXPECT_EQ(whole.text.size(), 1000U);
  EXPECT_THAT(whole.sentences, Each(SizeIs(testing::Le(SentenceSplitter::kMaxSentenceBytes))));
}

}  // namespace
}  // namespace earshot::worker
