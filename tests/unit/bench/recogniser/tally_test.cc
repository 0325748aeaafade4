#include "bench/recogniser/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "bench/recogniser/sentences.h"

namespace earshot::bench {
namespace {

using testing::HasSubstr;

const worker::IntentMatcher& matcher() {
  static const worker::IntentMatcher matcher;
  return matcher;
}

Verdict judged(std::string_view spoken, const std::string& heard) {
  return judge(spoken, {.text = heard, .understood = !heard.empty()}, matcher());
}

TEST(TallyTest, JudgesByTheCommandThatIsCarriedOut) {
  EXPECT_EQ(judged("turn the volume up", "turn the volume up"), Verdict::kRight);
  EXPECT_EQ(judged("turn the volume up", "turn up the volume"), Verdict::kReworded);
  EXPECT_EQ(judged("turn the volume up", "turn the volume down"), Verdict::kOtherCommand);
  EXPECT_EQ(judged("set the volume to forty", "set the volume to fourteen"), Verdict::kOtherCommand);
  EXPECT_EQ(judged("set the volume to forty", "set the volume to forty percent"), Verdict::kReworded);
  EXPECT_EQ(judged("turn the volume up", ""), Verdict::kRefused);
}

Tally sample() {
  Tally tally;
  tally.add({.sentence = "hello", .voice = "slt", .room = "quiet", .margin = 9});
  tally.add({.sentence = "hello", .voice = "slt", .room = "quiet", .margin = 4});
  tally.add(
      {.sentence = "hello", .voice = "awb", .room = "quiet", .verdict = Verdict::kRefused, .margin = -2});
  tally.add({.sentence = "hello", .voice = "awb", .room = "noisy", .margin = 3});
  tally.add({.sentence = "help me", .voice = "awb", .room = "quiet", .verdict = Verdict::kOtherCommand});
  return tally;
}

TEST(TallyTest, CountsBySentenceVoiceAndRoom) {
  const Tally tally = sample();
  EXPECT_EQ(tally.count({}, {}, {}).all(), 5U);
  EXPECT_EQ(tally.count({}, {}, {}).right_percent(), 60);
  EXPECT_EQ(tally.count("hello", {}, {}).refused, 1U);
  EXPECT_EQ(tally.count({}, "awb", "quiet").other_command, 1U);
  EXPECT_EQ(tally.count({}, {}, "noisy").right, 1U);
  EXPECT_EQ(tally.count("good bye", {}, {}).right_percent(), 0);
}

TEST(TallyTest, APairIsSureWhenItWasAlwaysRight) {
  const Tally tally = sample();
  EXPECT_TRUE(tally.count("hello", "slt", "quiet").sure());
  EXPECT_EQ(tally.count("hello", "slt", "quiet").least_margin, 4);
  EXPECT_FALSE(tally.count("hello", "awb", {}).sure());
  EXPECT_EQ(tally.count("hello", "awb", {}).least_margin, 3) << "of what was right";
  EXPECT_FALSE(tally.count("good bye", {}, {}).sure()) << "was never said";
}

TEST(TallyTest, ShowsTheLeastMarginOrHowOftenItWasRight) {
  const std::string text = to_text(sample(), "quiet");
  EXPECT_THAT(text, testing::ContainsRegex("\nroom quiet: least margin +slt +awb\nhello +4.0 +0/1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("\nall +5 +3 +0 +1 +1 +60.0\n"));
}

TEST(TallyTest, TellsEachPairInItsJson) {
  const json::object told = to_json(sample());
  EXPECT_EQ(told.at("all").at("right"), 3);
  EXPECT_EQ(told.at("voices").at("awb").at("refused"), 1);
  EXPECT_EQ(told.at("pairs").as_array().size(), 4U);
  EXPECT_THAT(json::serialize(told.at("pairs").at(0)), HasSubstr(R"("least_margin":4)"));
}

TEST(SentencesTest, AskForEverythingThatTheEmbeddedBrainCanDo) {
  std::set<worker::Intent> asked;
  for (const char* sentence : kSentences) {
    const auto meant = matcher().match(sentence);
    ASSERT_TRUE(meant) << sentence;
    asked.insert(meant->intent);
  }
  for (int intent = 0; intent <= static_cast<int>(worker::Intent::kGoodbye); ++intent)
    EXPECT_TRUE(asked.contains(static_cast<worker::Intent>(intent))) << intent;
}

}  // namespace
}  // namespace earshot::bench
