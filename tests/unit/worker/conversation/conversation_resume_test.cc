// A conversation that goes on with the dialogue of an earlier session, and with nothing else of it.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

class ConversationResumeTest : public ConversationTest {
 protected:
  ConversationResumeTest() { config.agent.prompt.clear(); }

  void hear_reply(std::uint32_t turn) {
    played(ipc::PlayoutReport::kStarted, turn, 0);
    played(ipc::PlayoutReport::kSentence, turn, 1);
    played(ipc::PlayoutReport::kFinished, turn, 1);
  }
  std::string ended_session() {
    const std::string checkpoint = write_checkpoint(conversation->state());
    conversation->close();
    take_log();
    traces.clear();
    return checkpoint;
  }
  void begin_noting_ends() {
    open();
    conversation->close();
    const auto note_end = [this](const ipc::Envelope& envelope) {
      if (envelope.has_session_end()) farewells.push_back(envelope.session_end().farewell());
    };
    conversation =
        *Conversation::create(config, services(), opened, {.send = note_end, .send_audio = note_end});
    conversation->start();
    run();
  }
  void resume(const std::string& earlier, std::uint64_t ms_ago = 2000) {
    ipc::SessionOpen session = opened;
    session.set_session_id("s2");
    session.set_earlier(earlier);
    session.set_earlier_ms_ago(ms_ago);
    auto made = Conversation::create_from_request(config, services(), session, sink());
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
  }

  std::vector<bool> farewells;  // of sessions that the conversation has ended
};

TEST_F(ConversationResumeTest, WhatWasSaidIsHistory) {
  open();
  type("my name is Ada");
  hear_reply(1);
  resume(ended_session());
  EXPECT_THAT(log, IsEmpty());
  type("what is my name");
  EXPECT_THAT(
      lines(brain.requests().back().dialogue),
      ElementsAre("user: my name is Ada", "assistant: You said my name is Ada.", "user: what is my name"));
  EXPECT_THAT(log, Contains("start 1")) << "turns are counted anew";
  EXPECT_EQ(counted(ConversationEvent::kResumed), 1U);
}

TEST_F(ConversationResumeTest, AReplyThatWasUnderWayIsNotSpoken) {
  open();
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  tts.speak_for(1s);
  type("count");
  played(ipc::PlayoutReport::kStarted, 1, 0);
  played(ipc::PlayoutReport::kSentence, 1, 1);
  resume(ended_session());
  wait(1s);
  EXPECT_THAT(log, IsEmpty());
  type("next");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", StartsWith("assistant: One."), "user: next"));
}

TEST_F(ConversationResumeTest, NobodyListensAndNothingWaitsToBeSaid) {
  open();
  start(ipc::Listen::kRealtime);
  ask_to_say("r1", "Tea is ready.");
  type("hello");
  const std::string earlier = ended_session();
  brain.set_script(echo);
  resume(earlier);
  utterance();
  wait(2s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationResumeTest, TheFirstTurnTellsOfIt) {
  open();
  type("one");
  hear_reply(1);
  resume(ended_session(), 2500);
  type("two");
  hear_reply(1);
  type("three");
  hear_reply(2);
  ASSERT_THAT(traces, SizeIs(2));
  EXPECT_EQ(traces[0].resumed_after, Microseconds(2500ms));
  EXPECT_EQ(traces[1].resumed_after, std::nullopt);
}

TEST_F(ConversationResumeTest, WhatNobodyCanReadIsBegunAnewAndCounted) {
  open();
  ended_session();
  resume("no checkpoint at all");
  EXPECT_EQ(counted(ConversationEvent::kCheckpointRefused), 1U);
  EXPECT_EQ(counted(ConversationEvent::kResumed), 0U);
  type("hello");
  EXPECT_THAT(lines(brain.requests().back().dialogue), ElementsAre("user: hello"));
}

TEST_F(ConversationResumeTest, ACheckpointOfTheSessionItselfCounts) {
  open();
  type("one");
  hear_reply(1);
  const std::string earlier = ended_session();
  open();
  type("two");
  hear_reply(1);
  opened.set_checkpoint(ended_session());
  opened.mutable_moved();
  resume(earlier);
  type("three");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: two", "assistant: You said two.", "user: three"));
}

TEST_F(ConversationResumeTest, TheEarlierReplyIsHistoryAlsoWhenItsFirstWorkerDied) {
  open();
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  tts.speak_for(1s);
  type("count");
  played(ipc::PlayoutReport::kStarted, 1, 0);
  played(ipc::PlayoutReport::kSentence, 1, 1);
  const std::string earlier = ended_session();
  opened.mutable_moved();  // without a checkpoint of its own
  resume(earlier);
  wait(1s);
  EXPECT_THAT(log, IsEmpty());
  type("next");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", StartsWith("assistant: One."), "user: next"));
}

TEST_F(ConversationResumeTest, OnlyTheUsersGoodbyeIsAFarewell) {
  config.idle_farewell = 2s;
  begin_noting_ends();
  type("one");
  hear_reply(1);
  start(ipc::Listen::kAuto);
  wait(5s);
  EXPECT_THAT(farewells, ElementsAre(false));
  begin_noting_ends();
  type("goodbye");
  EXPECT_THAT(farewells, ElementsAre(false, true));
}

}  // namespace
}  // namespace earshot::worker
