// What every MemoryRepository must do. Included beside store_contract.h, instantiated with it.
#pragma once

#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {

class MemoryContract : public StoreContract {
 protected:
  static constexpr std::size_t kKeep = 100;
  MemoryRepository& memory() { return *store_->memory(); }
  MemoryOwner owner(int device = 1, const std::string& agent = "house") { return {device_id(device), agent}; }
  void said(std::int64_t at, const std::string& words, const std::string& reply = "ok", int device = 1,
            const std::string& agent = "house", std::size_t keep = kKeep) {
    memory().add(owner(device, agent), {.at = at_ms(at), .words = words, .reply = reply}, keep);
  }
  std::vector<std::string> found(const std::string& words, std::vector<MemoryRange> ranges = {},
                                 std::size_t limit = 8, int device = 1, const std::string& agent = "house") {
    std::vector<std::string> texts;
    for (const MemoryTurn& turn :
         memory().find(owner(device, agent), {.words = words, .ranges = std::move(ranges), .limit = limit}))
      texts.push_back(turn.words);
    return texts;
  }
  std::vector<std::string> known(int device = 1) {
    std::vector<std::string> texts;
    for (const MemoryFact& fact : memory().facts(owner(device))) texts.push_back(fact.text);
    return texts;
  }
  void learn(std::vector<std::string> texts, std::int64_t at = 1000) {
    memory().change(owner(), {.learnt = std::move(texts)}, at_ms(at));
  }
};

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(MemoryContract, FindsByWordsInTwoLanguages) {
  said(1, "My cats are called Miso and Tofu", "Lovely names.");
  said(2, "我昨天去了植物园看荷花", "听起来很美。");
  said(3, "The weather is nice", "Yes.");
  EXPECT_THAT(found("what is the name of my cat"), ElementsAre("My cats are called Miso and Tofu"));
  EXPECT_THAT(found("植物园好玩吗"), ElementsAre("我昨天去了植物园看荷花"));
  EXPECT_THAT(found("你好"), IsEmpty());
  EXPECT_THAT(found("what did you say"), IsEmpty());
}

TEST_P(MemoryContract, TheReplyIsFoundToo) {
  said(1, "recommend a book", "Read The Leopard.");
  EXPECT_THAT(found("the leopard"), ElementsAre("recommend a book"));
}

TEST_P(MemoryContract, ARangeHoldsItsFirstTurnAndNotItsEnd) {
  for (std::int64_t at = 1; at <= 6; ++at) said(at * 10, "turn " + std::to_string(at));
  EXPECT_THAT(found("", {{at_ms(20), at_ms(40)}}), ElementsAre("turn 2", "turn 3"));
}

TEST_P(MemoryContract, AllRangesOfAQuestionCount) {
  for (std::int64_t at = 1; at <= 6; ++at) said(at * 10, "turn " + std::to_string(at));
  EXPECT_THAT(found("", {{at_ms(50), at_ms(60)}, {at_ms(10), at_ms(20)}}), ElementsAre("turn 1", "turn 5"));
}

TEST_P(MemoryContract, OfMuchInARangeTheWordsChooseAndTheRestIsSpread) {
  for (std::int64_t at = 0; at < 90; ++at) said(at, at == 77 ? "the dentist was kind" : "small talk");
  const auto turns =
      memory().find(owner(), {.words = "dentist", .ranges = {{at_ms(0), at_ms(90)}}, .limit = 4});
  ASSERT_THAT(turns, SizeIs(4));
  EXPECT_EQ(turns[0].at, at_ms(0));
  EXPECT_THAT(turns, testing::Contains(testing::Field(&MemoryTurn::words, "the dentist was kind")));
  EXPECT_GT(turns[3].at, at_ms(40));
}

TEST_P(MemoryContract, WhereATimeHoldsNothingTheWordsAreLookedForInAllTimes) {
  said(10, "the dentist was kind");
  EXPECT_THAT(found("dentist", {{at_ms(50), at_ms(60)}}), ElementsAre("the dentist was kind"));
  EXPECT_THAT(found("", {{at_ms(50), at_ms(60)}}), IsEmpty());
}

TEST_P(MemoryContract, NobodyFindsWhatAnotherWasTold) {
  said(1, "my secret is purple", "ok", 1, "house");
  EXPECT_THAT(found("purple secret", {}, 8, 2, "house"), IsEmpty());
  EXPECT_THAT(found("purple secret", {}, 8, 1, "bear"), IsEmpty());
  EXPECT_THAT(found("", {{at_ms(0), at_ms(9)}}, 8, 2), IsEmpty());
  learn({"likes purple"});
  EXPECT_THAT(known(2), IsEmpty());
}

TEST_P(MemoryContract, AMarkWithinATurnIsNoOtherOwners) {
  said(1, "hello", "ok", 1);
  std::string crafted;
  for (const char* sign : {"×", "÷", "՚", "፡", "।"}) {
    for (int number = 1; number <= 20; ++number)
      crafted += "x" + std::string(sign) + std::to_string(number) + "xtreasure ";
  }
  said(2, crafted, "ok", 2);
  EXPECT_THAT(found("treasure"), IsEmpty());
  EXPECT_THAT(found("treasure", {{at_ms(0), at_ms(9)}}), testing::Not(testing::Contains(crafted)));
}

TEST_P(MemoryContract, TheOldestTurnsGoBeyondTheirNumber) {
  for (std::int64_t at = 1; at <= 5; ++at) said(at, "turn " + std::to_string(at), "ok", 1, "house", 3);
  EXPECT_THAT(found("turn"), ElementsAre("turn 3", "turn 4", "turn 5"));
  EXPECT_EQ(memory().all(device_id(1), 10, std::nullopt).turns_in_all, 3U);
}

TEST_P(MemoryContract, OldTurnsGoByTheirTime) {
  for (std::int64_t at = 1; at <= 5; ++at) said(at, "turn " + std::to_string(at));
  EXPECT_EQ(memory().remove_before(at_ms(4), 2), 2U);
  EXPECT_EQ(memory().remove_before(at_ms(4), 2), 1U);
  EXPECT_EQ(memory().remove_before(at_ms(4), 2), 0U);
  EXPECT_THAT(found("turn"), ElementsAre("turn 4", "turn 5"));
}

TEST_P(MemoryContract, TextsAreNoSyntax) {
  for (const std::string& text : awkward_texts()) {
    said(1, text, text);
    (void)found(text);
    (void)found(text + "\" OR \"1xa\" NEAR(", {{at_ms(0), at_ms(9)}});
  }
  EXPECT_EQ(memory().all(device_id(1), 100, std::nullopt).turns.size(), awkward_texts().size());
}

TEST_P(MemoryContract, FactsAreKeptOnceInTheOrderTheyWereLearnt) {
  learn({"likes tea", "has a dog"}, 1);
  learn({"Likes Tea"}, 2);
  EXPECT_THAT(known(), ElementsAre("has a dog", "likes tea"));
  EXPECT_EQ(memory().facts(owner())[1].learnt, at_ms(2));
}

TEST_P(MemoryContract, AFactTakesThePlaceOfAnother) {
  learn({"lives in Ulm"});
  memory().change(owner(), {.learnt = {"lives in Bonn"}, .forgotten = {memory().facts(owner())[0].id}},
                  at_ms(2));
  EXPECT_THAT(known(), ElementsAre("lives in Bonn"));
}

TEST_P(MemoryContract, FactsAreBoundedAndTheOldestGo) {
  for (int i = 0; i < 70; ++i) learn({"fact " + std::to_string(i)}, i);
  EXPECT_THAT(known(), SizeIs(MemoryRepository::kMaxFacts));
  EXPECT_EQ(known().front(), "fact 6");
}

TEST_P(MemoryContract, AFactIsChangedAndRemovedByTheDeviceThatHasIt) {
  learn({"likes tea", "has a dog"});
  const auto facts = memory().facts(owner());
  EXPECT_FALSE(memory().put_fact(device_id(2), facts[0].id, "x", at_ms(9)));
  EXPECT_FALSE(memory().remove_fact(device_id(2), facts[0].id));
  EXPECT_TRUE(memory().put_fact(device_id(1), facts[0].id, "likes coffee", at_ms(9)));
  EXPECT_TRUE(memory().remove_fact(device_id(1), facts[1].id));
  EXPECT_FALSE(memory().remove_fact(device_id(1), facts[1].id));
  EXPECT_THAT(known(), ElementsAre("likes coffee"));
}

TEST_P(MemoryContract, ASessionHasOneSummaryAndTheOldestGo) {
  for (int i = 0; i < 10; ++i)
    memory().put_summary(owner(), {.session = "s" + std::to_string(i), .at = at_ms(i), .text = "talk"});
  memory().put_summary(owner(), {.session = "s9", .at = at_ms(11), .text = "more"});
  const auto summaries = memory().summaries(owner());
  ASSERT_THAT(summaries, SizeIs(MemoryRepository::kMaxSummaries));
  EXPECT_EQ(summaries.front().session, "s2");
  EXPECT_EQ(summaries.back().text, "more");
}

TEST_P(MemoryContract, AnAgentForgetsAllItKnows) {
  learn({"likes tea"});
  said(1, "my cat is ill");
  said(1, "my cat is ill", "ok", 1, "bear");
  memory().put_summary(owner(), {.session = "s", .at = at_ms(1), .text = "talk"});
  memory().change(owner(), {.learnt = {"wants to be forgotten"}, .everything = true}, at_ms(2));
  while (memory().forget_turns(owner(), 10) > 0) {
  }
  EXPECT_THAT(known(), ElementsAre("wants to be forgotten"));
  EXPECT_THAT(memory().summaries(owner()), IsEmpty());
  EXPECT_THAT(found("cat"), IsEmpty());
  EXPECT_THAT(found("cat", {}, 8, 1, "bear"), SizeIs(1));
}

// A diary of years must not hold up everybody's writing.
TEST_P(MemoryContract, ADiaryIsForgottenInSlices) {
  for (std::int64_t at = 1; at <= 5; ++at) said(at, "my cat is ill");
  said(1, "my cat is ill", "ok", 1, "bear");
  memory().change(owner(), {.everything = true}, at_ms(9));
  EXPECT_THAT(found("cat"), SizeIs(5)) << "none in the job that takes the facts";
  EXPECT_EQ(memory().forget_turns(owner(), 2), 2U);
  EXPECT_EQ(memory().forget_turns(owner(), 2), 2U);
  EXPECT_EQ(memory().all(device_id(1), 0, std::nullopt).turns_in_all, 2U);
  EXPECT_EQ(memory().forget_turns(owner(), 2), 1U);
  EXPECT_EQ(memory().forget_turns(owner(), 2), 0U);
  EXPECT_THAT(found("cat"), IsEmpty());
  EXPECT_THAT(found("cat", {}, 8, 1, "bear"), SizeIs(1));
  EXPECT_EQ(memory().forget_turns(owner(3), 2), 0U);
}

TEST_P(MemoryContract, ADeviceIsForgottenWholeAndNoOther) {
  for (const int device : {1, 2}) {
    for (std::int64_t at = 1; at <= 3; ++at) said(at, "turn", "ok", device, at == 1 ? "bear" : "house");
    memory().change(owner(device), {.learnt = {"likes tea"}}, at_ms(1));
    memory().put_summary(owner(device), {.session = "s", .at = at_ms(1), .text = "talk"});
    memory().put_notebook(device_id(device), "{}");
  }
  std::size_t removed = 0;
  while (const std::size_t some = memory().forget(device_id(1), 2)) removed += some;
  EXPECT_EQ(removed, 3U);
  const DeviceMemory gone = memory().all(device_id(1), 10, std::nullopt);
  EXPECT_THAT(gone.turns, IsEmpty());
  EXPECT_THAT(gone.facts, IsEmpty());
  EXPECT_THAT(gone.summaries, IsEmpty());
  EXPECT_EQ(gone.turns_in_all, 0U);
  EXPECT_THAT(found("turn"), IsEmpty());
  EXPECT_THAT(memory().notebooks(), SizeIs(1));
  const DeviceMemory other = memory().all(device_id(2), 10, std::nullopt);
  EXPECT_THAT(other.turns, SizeIs(3));
  EXPECT_THAT(other.facts, SizeIs(1));
  EXPECT_THAT(other.summaries, SizeIs(1));
}

TEST_P(MemoryContract, AllIsReadPageByPageNewestFirst) {
  for (std::int64_t at = 1; at <= 5; ++at) said(at, "turn " + std::to_string(at));
  const DeviceMemory page = memory().all(device_id(1), 2, std::nullopt);
  ASSERT_THAT(page.turns, SizeIs(2));
  EXPECT_EQ(page.turns[0].words, "turn 5");
  EXPECT_EQ(page.turns_in_all, 5U);
  EXPECT_EQ(memory().all(device_id(1), 2, page.turns[1].at).turns[0].words, "turn 3");
}

TEST_P(MemoryContract, ANotebookIsReplacedAndRemoved) {
  memory().put_notebook(device_id(1), "a");
  memory().put_notebook(device_id(1), "b");
  memory().put_notebook(device_id(2), "c");
  memory().put_notebook(device_id(2), "");
  ASSERT_THAT(memory().notebooks(), SizeIs(1));
  EXPECT_EQ(memory().notebooks()[0].second, "b");
  EXPECT_EQ(memory().take_notebook(device_id(1)), "b");
  EXPECT_EQ(memory().take_notebook(device_id(2)), "");
}

TEST_P(MemoryContract, AFactThatIsChangedIntoAnotherOneTakesItsPlace) {
  learn({"likes tea", "has a dog"});
  const auto facts = memory().facts(owner());
  EXPECT_TRUE(memory().put_fact(device_id(1), facts[1].id, "Likes Tea", at_ms(9)));
  EXPECT_THAT(known(), ElementsAre("Likes Tea"));
  EXPECT_EQ(memory().facts(owner())[0].id, facts[1].id);
}

TEST_P(MemoryContract, TheRarestWordsComeFirst) {
  for (std::int64_t at = 0; at < 20; ++at) said(at, "we talked about football and the garden");
  said(30, "football with Anna in the rain");
  said(40, "the garden has a hedgehog");
  EXPECT_THAT(found("did anna play football in the garden", {}, 1),
              ElementsAre("football with Anna in the rain"));
  EXPECT_THAT(found("hedgehogs and football", {}, 1), ElementsAre("the garden has a hedgehog"));
}

TEST_P(MemoryContract, AccentsAndTheEndsOfWordsDoNotCount) {
  said(1, "Wir waren im Caf\xC3\xA9 Z\xC3\xBCrich");
  said(2, "she was running home");
  EXPECT_THAT(found("cafe"), SizeIs(1));
  EXPECT_THAT(found("Z\xC3\x9CRICH"), SizeIs(1));
  EXPECT_THAT(found("she runs"), ElementsAre("she was running home"));
}

TEST_P(MemoryContract, WhatIsForgottenIsNoLongerFoundWhenItsNumberIsCounted) {
  for (std::int64_t at = 1; at <= 4; ++at) said(at, "the purple turn", "ok", 1, "house", 2);
  memory().remove_before(at_ms(4), 10);
  EXPECT_THAT(found("purple"), SizeIs(1));
  EXPECT_EQ(memory().all(device_id(1), 10, std::nullopt).turns_in_all, 1U);
}

}  // namespace earshot::store
