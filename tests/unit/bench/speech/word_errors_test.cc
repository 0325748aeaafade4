#include "bench/speech/word_errors.h"

#include <gtest/gtest.h>

namespace earshot::bench {
namespace {

using Words = std::vector<std::string>;

TEST(WordErrorsTest, WritesNumbersMarksAndSpellingsInOneWay) {
  EXPECT_EQ(comparable_words("Set the volume to 50%."),
            (Words{"set", "the", "volume", "to", "fifty", "percent"}));
  EXPECT_EQ(comparable_words("At 6:30, ill-disposed"), (Words{"at", "six", "thirty", "ill", "disposed"}));
  EXPECT_EQ(comparable_words("Don\u2019t, don't"), (Words{"dont", "dont"}));
  EXPECT_EQ(comparable_words("Mr. Dashwood's favourite colour"),
            (Words{"mister", "dashwoods", "favorite", "color"}));
  EXPECT_EQ(comparable_words("twenty-one 21"), (Words{"twenty", "one", "twenty", "one"}));
  EXPECT_TRUE(comparable_words(" \u266a ... ").empty());
}

TEST(WordErrorsTest, CountsWhatIsChangedLeftOutAndPutIn) {
  WordErrors errors;
  errors.add("the child almost hurt the small dog", "The child almost hurt the small dog.");
  EXPECT_EQ(errors.exact, 1U);
  errors.add("one two three", "one too three four");
  errors.add("yes", "");
  EXPECT_EQ(errors.errors, 3U);
  EXPECT_EQ(errors.words, 11U);
  EXPECT_EQ(errors.sentences, 3U);
  EXPECT_NEAR(errors.percent(), 27.3, 0.1);
}

TEST(WordErrorsTest, HasNoShareOfNothing) {
  EXPECT_EQ(WordErrors{}.percent(), 0);
}

}  // namespace
}  // namespace earshot::bench
