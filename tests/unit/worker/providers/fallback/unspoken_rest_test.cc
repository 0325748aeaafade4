#include "worker/providers/fallback/unspoken_rest.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

struct RestCase {
  const char* sentence;
  int voiced_ms;
  const char* rest;
};

class UnspokenRest : public testing::TestWithParam<RestCase> {};

TEST_P(UnspokenRest, IsCutAtAClauseOrAWord) {
  EXPECT_EQ(unspoken_rest(GetParam().sentence, Milliseconds(GetParam().voiced_ms)), GetParam().rest);
}

INSTANTIATE_TEST_SUITE_P(
    Sentences, UnspokenRest,
    testing::Values(
        RestCase{"Hello there, my friend.", 0, "Hello there, my friend."},
        // The comma is 980 ms in.
        RestCase{"Hello there, my friend.", 900, "my friend."},
        RestCase{"Hello there, my friend.", 1200, "my friend."},
        // 65 ms a letter: in the middle of "two", so "three" comes next.
        RestCase{"one two three four five six seven eight", 400, "three four five six seven eight"},
        RestCase{"Hello there, my friend.", 1700, ""}, RestCase{"Hello there, my friend.", 60'000, ""},
        // No clause ends within 1,000 or 3.5.
        RestCase{"about 1,000 and 3.5 kilometres of road from here to there", 1300,
                 "and 3.5 kilometres of road from here to there"},
        // Nine characters are 1890 ms; wide commas end clauses without a space.
        RestCase{"\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u51fa\u53bb\u73a9\u5427\u3002", 1350,
                 "\u6211\u4eec\u51fa\u53bb\u73a9\u5427\u3002"},
        RestCase{"\u4eca\u5929\u5929\u6c14\u5f88\u597d\u6211\u4eec\u51fa\u53bb\u73a9\u5427", 420,
                 "\u5929\u6c14\u5f88\u597d\u6211\u4eec\u51fa\u53bb\u73a9\u5427"},
        RestCase{"", 100, ""}, RestCase{"!!! \xF0\x9F\x98\x80", 10, ""}));

TEST(UnspokenRestOf, NeverGrowsWithTimeAndIsAlwaysAnEnd) {
  const std::string sentence =
      "Well, 12.5 degrees: that is caf\u00e9 weather, \u597d\u5929\u6c14\u3002 Isn't it?";
  std::size_t last = sentence.size();
  for (int ms = 0; ms < 9000; ms += 10) {
    const std::string rest = unspoken_rest(sentence, Milliseconds(ms));
    EXPECT_TRUE(sentence.ends_with(rest));
    EXPECT_LE(rest.size(), last) << ms;
    last = rest.size();
  }
  EXPECT_EQ(last, 0U);
}

TEST(UnspokenRestOf, StandsBytesThatAreNoText) {
  EXPECT_FALSE(has_words("\xF0\x9F"));
  EXPECT_EQ(unspoken_rest("\xE4", Milliseconds(5)), "");
}

}  // namespace
}  // namespace earshot::worker
