// What every LoreRepository must do. Included beside store_contract.h, instantiated with it.
#pragma once

#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {

class LoreContract : public StoreContract {
 protected:
  LoreRepository& lore() { return *store_->lore(); }
  std::uint64_t begun(const std::string& title, const std::vector<LorePassage>& passages,
                      const std::string& agent = "house", std::int64_t at = 1000) {
    const std::uint64_t id =
        lore().begin({.agent = agent, .title = title, .size_bytes = 10, .added = at_ms(at)});
    lore().add(id, passages);
    return id;
  }
  std::uint64_t put(const std::string& title, const std::vector<std::string>& texts,
                    const std::string& agent = "house") {
    std::vector<LorePassage> passages;
    for (const std::string& text : texts) passages.push_back({.text = text});
    const std::uint64_t id = begun(title, passages, agent);
    EXPECT_TRUE(lore().finish(id));
    return id;
  }
  std::vector<std::string> passages(const std::string& question, const std::string& agent = "house",
                                    std::size_t limit = 8) {
    std::vector<std::string> texts;
    for (const FoundPassage& one : lore().find(agent, question, limit)) texts.push_back(one.passage.text);
    return texts;
  }
  void sweep_all(std::int64_t time = 0) {
    while (lore().sweep(at_ms(time), 2)) {
    }
  }
};

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(LoreContract, FindsPassagesByTheirWordsInTwoLanguages) {
  put("guide.txt", {"The museum opens at nine on weekdays.", "Dogs have to stay outside."});
  put("zh.txt", {"植物园早上八点开门", "停车场在北门旁边"});
  EXPECT_THAT(passages("when is the museum opening"), ElementsAre("The museum opens at nine on weekdays."));
  EXPECT_THAT(passages("停车场在哪里"), ElementsAre("停车场在北门旁边"));
  EXPECT_THAT(passages("what is that"), IsEmpty());
  EXPECT_EQ(lore().find("house", "museum", 8).at(0).title, "guide.txt");
}

TEST_P(LoreContract, TheRarestWordsComeFirst) {
  put("zoo", {"the lion eats meat", "the zebra eats hay", "the bear eats fish", "the okapi eats leaves"});
  EXPECT_THAT(passages("what eats an okapi", "house", 1), ElementsAre("the okapi eats leaves"));
}

TEST_P(LoreContract, NoAgentFindsWhatIsAnothers) {
  put("secret", {"the treasure is under the oak"}, "pirate");
  EXPECT_THAT(passages("treasure", "house"), IsEmpty());
  EXPECT_THAT(passages("treasure", "pirate"), SizeIs(1));
}

// Words carry their owner's number: a text that has such a mark behind a sign is no other's for that.
TEST_P(LoreContract, AMarkWithinATextIsNoOtherOwners) {
  put("treasures", {"the oak"}, "house");
  std::string crafted;
  for (const char* sign : {"×", "÷", "՚", "፡", "।"}) {
    for (int number = 1; number <= 20; ++number)
      crafted += "x" + std::string(sign) + std::to_string(number) + "xtreasure ";
  }
  put("x", {crafted}, "pirate");
  lore().finish(begun("y", {{.keys = {crafted}, .text = "a"}}, "pirate"));
  EXPECT_THAT(passages("treasure", "house"), IsEmpty());
}

TEST_P(LoreContract, OfManyPassagesWithAWordTheBestIsFoundWhereverItStands) {
  std::vector<std::string> texts{"the lion keeps the garden"};
  for (int i = 0; i < 150; ++i) texts.push_back(i % 2 == 0 ? "a lion sleeps" : "a garden grows");
  put("zoo", texts);
  begun("unfinished", std::vector<LorePassage>(150, {.text = "a lion in a garden"}));
  EXPECT_THAT(passages("lion garden", "house", 1), ElementsAre("the lion keeps the garden"));
}

TEST_P(LoreContract, APassageWithKeysIsFoundByThemAndNotByItsText) {
  const auto id = begun("world", {{.keys = {"Avalon", "the island"}, .text = "A kingdom of mist."}});
  lore().finish(id);
  const auto found = lore().find("house", "tell me of avalon", 8);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].passage.keys, ElementsAre("Avalon", "the island"));
  EXPECT_THAT(passages("kingdom mist"), IsEmpty());
}

TEST_P(LoreContract, ADocumentIsFoundWhenItIsFinishedAndNotBefore) {
  const auto id = begun("guide", {{.text = "the museum opens at nine"}});
  EXPECT_THAT(passages("museum"), IsEmpty());
  EXPECT_THAT(lore().list("house"), IsEmpty());
  EXPECT_TRUE(lore().finish(id));
  EXPECT_THAT(passages("museum"), SizeIs(1));
}

TEST_P(LoreContract, ADocumentOfTheSameTitleTakesThePlaceOfTheOther) {
  put("guide", {"the museum opens at nine"});
  const auto other = put("guide", {"the museum opens at ten"}, "bear");
  const auto newer = put("guide", {"the museum opens at eight"});
  EXPECT_THAT(passages("museum"), ElementsAre("the museum opens at eight"));
  ASSERT_THAT(lore().list(""), SizeIs(2));
  EXPECT_EQ(lore().list("")[0].id, other);
  EXPECT_EQ(lore().list("house").at(0).id, newer);
}

TEST_P(LoreContract, ListsWithSizesInOrder) {
  put("b", {"one", "two"});
  put("a", {"one"});
  const auto all = lore().list("house");
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].title, "a");
  EXPECT_EQ(all[1].passages, 2U);
  EXPECT_EQ(all[1].size_bytes, 10U);
  EXPECT_EQ(all[1].added, at_ms(1000));
}

TEST_P(LoreContract, WhatIsRemovedIsFoundNoMoreAndSweptInSteps) {
  put("guide", {"museum one", "museum two", "museum three"});
  EXPECT_FALSE(lore().remove("bear", "guide"));
  EXPECT_TRUE(lore().remove("house", "guide"));
  EXPECT_FALSE(lore().remove("house", "guide"));
  EXPECT_THAT(passages("museum"), IsEmpty());
  EXPECT_EQ(lore().use("house").all_bytes, 0U);
  EXPECT_TRUE(lore().sweep(at_ms(0), 2));
  sweep_all();
  put("guide", {"museum four"});
  EXPECT_THAT(passages("museum"), ElementsAre("museum four"));
}

TEST_P(LoreContract, WhatWasNeverFinishedIsSweptWhenItIsOld) {
  const auto id = begun("guide", {{.text = "museum"}}, "house", 1000);
  sweep_all(1000);
  EXPECT_EQ(lore().use("house").documents, 1U);
  sweep_all(1001);
  EXPECT_EQ(lore().use("house").documents, 0U);
  EXPECT_FALSE(lore().finish(id));
  EXPECT_THROW(lore().add(id, {{.text = "more"}}), StoreError);
}

TEST_P(LoreContract, UseCountsBegunAndReadyOnes) {
  begun("a", {});
  put("b", {"one"});
  put("c", {"one"}, "bear");
  const LoreUse use = lore().use("house");
  EXPECT_EQ(use.documents, 2U);
  EXPECT_EQ(use.bytes, 20U);
  EXPECT_EQ(use.all_bytes, 30U);
}

TEST_P(LoreContract, LoreTextsAreNoSyntax) {
  for (const std::string& text : awkward_texts()) {
    put(text, {text}, "a" + text);
    EXPECT_THAT(lore().list("a" + text), SizeIs(1)) << text;
    EXPECT_EQ(lore().list("a" + text).at(0).title, text);
    (void)passages(text + "\" OR \"1xa\" NEAR(", "a" + text);
  }
}

}  // namespace earshot::store
