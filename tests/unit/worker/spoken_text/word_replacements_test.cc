#include "worker/spoken_text/word_replacements.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(WordReplacements, ReplacesWholeWordsWhateverTheirCase) {
  const WordReplacements words(
      {{"SQL", "sequel"}, {"Zoë", "Zoey"}, {"New York", "the city"}, {"C++", "C plus plus"}});
  EXPECT_EQ(words.apply("sql, MySQL and SQL2 in new york"), "sequel, MySQL and SQL2 in the city");
  EXPECT_EQ(words.apply("ZOË writes C++."), "Zoey writes C plus plus.");
}

TEST(WordReplacements, ReplacesPartsWhereWordsHaveNoBlanks) {
  const WordReplacements words({{"行长", "航掌"}, {"ESP", "E S P"}});
  EXPECT_EQ(words.apply("银行长大了，行长用ESP芯片"), "银航掌大了，航掌用E S P芯片");
}

TEST(WordReplacements, TheLongerCountsAndNothingIsReplacedTwice) {
  const WordReplacements words({{"a", "b"}, {"a b", "c"}, {"b", "a"}});
  EXPECT_EQ(words.apply("a b a"), "c b");
  EXPECT_EQ(words.apply("b"), "a");
}

TEST(WordReplacements, AreBounded) {
  std::vector<std::pair<std::string, std::string>> many{
      {"", "x"}, {std::string(101, 'a'), "x"}, {"long", std::string(101, 'x')}};
  for (int i = 0; i < 300; ++i) many.emplace_back("w" + std::to_string(i), "x");
  const WordReplacements words(many);
  EXPECT_EQ(words.apply("long w0 w199 w200"), "long x x w200");
}

}  // namespace
}  // namespace earshot::worker
