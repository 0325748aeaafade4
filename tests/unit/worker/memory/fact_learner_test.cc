#include "worker/memory/fact_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scripted_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

std::vector<KnownFact> two_facts() {
  return {{4, 0, "The user lives in Ulm."}, {7, 0, "The user likes tea."}};
}

TEST(FactExtraction, ReadsWhatAModelAnswers) {
  const FactChange change = read_extraction(
      R"({"facts":["The user moved to Bonn."],"outdated":[4],"summary":"They spoke of moving."})",
      two_facts());
  EXPECT_THAT(change.learnt, ElementsAre("The user moved to Bonn."));
  EXPECT_THAT(change.forgotten, ElementsAre(4U));
  EXPECT_EQ(change.summary, "They spoke of moving.");
}

TEST(FactExtraction, ReadsItFromAmongOtherWords) {
  const FactChange change =
      read_extraction("Sure!\n```json\n{\"facts\": [\"用户养了一只猫。\"]}\n```\nDone.", {});
  EXPECT_THAT(change.learnt, ElementsAre("用户养了一只猫。"));
}

TEST(FactExtraction, LeavesOutWhatIsKnownOrIsNone) {
  const FactChange change = read_extraction(
      R"({"facts":["the user likes TEA", 5, null, "", {"text":"x"}],"outdated":[4,4,99,-1,"7"],"summary":3})",
      two_facts());
  EXPECT_THAT(change.learnt, IsEmpty());
  EXPECT_THAT(change.forgotten, ElementsAre(4U));
  EXPECT_EQ(change.summary, "");
}

TEST(FactExtraction, WhatIsNoJsonSaysNothing) {
  for (const char* answer :
       {"", "I do not know.", "{", "}{", "[1,2]", "{\"facts\": \"tea\"}", "{\"facts\": {}}", "null",
        "{\"outdated\": {}}", "{{{{{{{{", "{\"facts\": [\"a\""}) {
    const FactChange change = read_extraction(answer, two_facts());
    EXPECT_THAT(change.learnt, IsEmpty()) << answer;
    EXPECT_THAT(change.forgotten, IsEmpty()) << answer;
  }
}

TEST(FactExtraction, TakesNoMoreThanItMay) {
  std::string answer = R"({"facts":[)";
  for (int i = 0; i < 50; ++i)
    answer += (i == 0 ? "\"" : ",\"") + std::string("fact ") + std::to_string(i) + '"';
  EXPECT_THAT(read_extraction(answer + "]}", {}).learnt, SizeIs(8));
}

class FactLearnerTest : public testing::Test {
 protected:
  FactLearnerTest() {
    brain.set_script([this](const LlmRequest&) {
      fakes::ScriptedBrain::Answer answer;
      answer.deltas = {answers};
      answer.hangs = hangs;
      return answer;
    });
    book.restore(two_facts());
  }
  void pass(Milliseconds time) {
    now += time;
    learner.tick(now);
    io.restart();
    io.poll();
  }
  asio::io_context io;
  fakes::ScriptedBrain brain{nullptr};
  std::string answers = R"({"facts":["The user has a dog."],"summary":"Dogs."})";
  bool hangs = false;
  std::vector<FactChange> kept;
  FactBook book{[this](FactChange change) { kept.push_back(std::move(change)); }};
  FactLearner learner{brain, io.get_executor(), &book, [] { return std::string("2026-11-18"); },
                      [] { return 5; }};
  SteadyTime now{};
};

TEST_F(FactLearnerTest, LearnsOnceItIsQuiet) {
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1400ms);
  EXPECT_THAT(brain.requests(), IsEmpty());
  pass(100ms);
  ASSERT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(brain.requests()[0].dialogue.back().text, HasSubstr("I have a dog"));
  EXPECT_THAT(brain.requests()[0].dialogue.back().text, HasSubstr("The user lives in Ulm."));
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_THAT(kept[0].learnt, ElementsAre("The user has a dog."));
  EXPECT_EQ(kept[0].summary, "Dogs.");
  pass(10s);
  EXPECT_THAT(brain.requests(), SizeIs(1));
}

TEST_F(FactLearnerTest, WhoSpeaksBreaksItOffAndNothingIsLost) {
  hangs = true;
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  ASSERT_THAT(brain.requests(), SizeIs(1));
  learner.pause(now);
  learner.heard({"and a cat", "Nice."}, now);
  hangs = false;
  pass(1500ms);
  ASSERT_THAT(brain.requests(), SizeIs(2));
  EXPECT_THAT(brain.requests()[1].dialogue.back().text, HasSubstr("I have a dog"));
  EXPECT_THAT(brain.requests()[1].dialogue.back().text, HasSubstr("and a cat"));
  EXPECT_THAT(kept, SizeIs(1));
}

TEST_F(FactLearnerTest, AModelThatDoesNotAnswerIsGivenUp) {
  hangs = true;
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  pass(FactLearner::kPatience);
  pass(60s);
  EXPECT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(kept, IsEmpty());
}

TEST_F(FactLearnerTest, AnAnswerThatIsNoJsonIsNoHarm) {
  answers = "I would rather not.";
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  EXPECT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(kept, IsEmpty());
}

TEST_F(FactLearnerTest, AConversationThatEndsTakesItAlong) {
  hangs = true;
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  learner.close();
  pass(60s);
  EXPECT_THAT(brain.requests(), SizeIs(1));
}

TEST_F(FactLearnerTest, WhatWasHeardBeforeItWasToForgetIsNotLearnt) {
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  learner.heard({"I live in Bonn", "Nice."}, now);
  learner.forget();
  pass(60s);
  EXPECT_THAT(brain.requests(), SizeIs(1));
  learner.heard({"I like rain", "Really?"}, now);
  pass(1500ms);
  ASSERT_THAT(brain.requests(), SizeIs(2));
  const std::string& asked = brain.requests()[1].dialogue.back().text;
  EXPECT_THAT(asked, testing::Not(HasSubstr("Bonn")));
  EXPECT_THAT(asked, testing::Not(HasSubstr("Dogs.")));
}

TEST_F(FactLearnerTest, AQuestionUnderWayIsForgottenToo) {
  hangs = true;
  learner.heard({"I have a dog", "Lovely."}, now);
  pass(1500ms);
  learner.forget();
  learner.pause(now);
  pass(60s);
  EXPECT_THAT(brain.requests(), SizeIs(1));
}

// The reply that says so may be long.
TEST_F(FactLearnerTest, OnlyTheLatestWait) {
  for (int i = 0; i < 20; ++i) learner.heard({"word" + std::to_string(i) + ".", "ok"}, now);
  pass(1500ms);
  const std::string& asked = brain.requests()[0].dialogue.back().text;
  EXPECT_THAT(asked, testing::Not(HasSubstr("word13.")));
  EXPECT_THAT(asked, HasSubstr("word14."));
}

}  // namespace
}  // namespace earshot::worker
