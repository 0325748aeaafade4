#include "gateway/store/lore_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::store {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(LoreChoice, ThePartOfTheQuestionThatAPassageHolds) {
  EXPECT_EQ(shared_part("when does the museum open", "The museum opens at nine."), 1.0);
  EXPECT_EQ(shared_part("museum garden", "The museum opens at nine."), 0.5);
  EXPECT_EQ(shared_part("what is that", "what is that"), 0.0) << "words of every question";
  EXPECT_GT(shared_part("植物园几点开门", "植物园早上八点开门"), 0.5);
  EXPECT_LT(shared_part("今天心情不好", "植物园早上八点开门"), 0.1);
  EXPECT_EQ(shared_part("ponies running", "a pony runs"), 1.0);
}

TEST(LoreChoice, KeysAreWholeWordsInAnyCase) {
  EXPECT_TRUE(names_key("Tell me of AVALON!", {"avalon"}));
  EXPECT_TRUE(names_key("去青岛玩", {"青岛"}));
  EXPECT_TRUE(names_key("the art of the deal", {"x", "Art"}));
  EXPECT_FALSE(names_key("start the party", {"art"}));
  EXPECT_FALSE(names_key("anything", {""}));
}

TEST(LoreChoice, NamedEntriesComeFirstAndTheRestHasToShareEnough) {
  const FoundPassage good{"a", {.text = "the museum opens at nine"}};
  const FoundPassage poor{"a", {.text = "bread is baked at nine"}};
  const FoundPassage named{"b", {.keys = {"museum"}, .text = "built in 1900"}};
  const FoundPassage unnamed{"b", {.keys = {"museums abroad"}, .text = "many"}};
  const std::string question = "when does the museum open its doors";
  EXPECT_THAT(chosen_passages(question, {good, poor, unnamed, named}, 0.5, 4), ElementsAre(named, good));
  EXPECT_THAT(chosen_passages(question, {good, named}, 0.5, 1), ElementsAre(named));
  EXPECT_THAT(chosen_passages(question, {good, poor}, 0, 9), SizeIs(2));
}

TEST(LoreChoice, KeysKeepTheirOrderInLines) {
  EXPECT_THAT(keys_of(key_lines({"b", "a c"})), ElementsAre("b", "a c"));
  EXPECT_THAT(keys_of(""), SizeIs(0));
}

}  // namespace
}  // namespace earshot::store
