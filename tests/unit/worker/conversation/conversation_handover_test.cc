// A conversation that goes on at another worker: in each phase, with what the gateway has of its speech.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

class ConversationHandoverTest : public ConversationTest {
 protected:
  ConversationHandoverTest() {
    config.agent.prompt.clear();
    opened.set_keeps_checkpoint(true);
  }

  ConversationSink kept() {
    const auto keep = [this](const ipc::Envelope& envelope) {
      if (envelope.has_session_checkpoint()) {
        checkpoints.push_back(envelope.session_checkpoint());
      } else if (envelope.has_uplink_heard()) {
        uplink_heard.push_back(envelope.uplink_heard().uplink());
      } else if (!envelope.has_sentence_end()) {
        note(envelope);
      } else {
        log.push_back("said " + std::to_string(envelope.sentence_end().sentence()));
      }
    };
    return {.send = keep, .send_audio = keep};
  }
  void begin() {
    open();
    conversation->close();
    make(opened);
  }
  void make(const ipc::SessionOpen& session) {
    auto made = Conversation::create_from_request(config, services(), session, kept());
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
  }
  // The worker dies; another one is asked with the latest checkpoint.
  void move(const ipc::Moved& moved = {}) {
    conversation->close(true);
    ipc::SessionOpen session = opened;
    session.set_checkpoint(checkpoints.empty() ? std::string() : checkpoints.back().state());
    *session.mutable_moved() = moved;
    take_log();
    checkpoints.clear();
    make(session);
  }
  static ipc::Moved has(ipc::Moved::Speech state, std::uint32_t turn, const std::vector<std::string>& said,
                        std::uint32_t heard) {
    ipc::Moved moved;
    moved.set_speech(state);
    moved.set_turn(turn);
    moved.set_sentences(static_cast<std::uint32_t>(said.size()));
    moved.set_heard(heard);
    for (const std::string& one : said) moved.add_said(one);
    return moved;
  }
  void tick() { wait(100ms); }

  std::vector<ipc::SessionCheckpoint> checkpoints;
  std::vector<std::uint64_t> uplink_heard;
};

TEST_F(ConversationHandoverTest, UnansweredWordsAreAnsweredAnew) {
  begin();
  brain.set_script([](const LlmRequest&) { return hangs(); });
  type("tell me a story");
  tick();
  brain.set_script(echo);
  move();
  EXPECT_THAT(log, Contains("sentence 1 You said tell me a story."));
  EXPECT_THAT(log, Not(Contains(HasSubstr("stt")))) << "the device shows it already";
  EXPECT_EQ(counted(ConversationEvent::kTakenOver), 1U);
}

TEST_F(ConversationHandoverTest, AReplyGoesOnBehindTheSentencesThatWereSent) {
  begin();
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  tts.speak_for(20s);  // so that the second is not begun
  type("count");
  tick();
  ASSERT_THAT(log, Contains("said 1"));
  ASSERT_THAT(log, Not(Contains("said 2")));
  brain.set_script([](const LlmRequest&) { return says("Not asked."); });
  tts.speak_for(1s);
  move(has(ipc::Moved::kOpen, 1, {"One."}, 1));
  EXPECT_THAT(log, ElementsAre("sentence 2 Two.", "audio 1.2", "said 2", "sentence 3 Three.", "audio 1.3",
                               "said 3", "end 1"));
  played(ipc::PlayoutReport::kSentence, 1, 3);
  played(ipc::PlayoutReport::kFinished, 1, 3);
  type("next");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", "assistant: One. Two. Three.", "user: next"));
}

TEST_F(ConversationHandoverTest, AReplyOfWhichNothingWasSentIsSpokenWhole) {
  begin();
  tts.speak_for(1s);
  type("hello");
  tick();
  move();
  EXPECT_THAT(log, Contains("start 1"));
  EXPECT_THAT(log, Contains("sentence 1 You said hello."));
  EXPECT_THAT(log, Contains("end 1"));
}

TEST_F(ConversationHandoverTest, AReplyThatWasCutWhileItWasThoughtOutIsNotSaidTwice) {
  begin();
  brain.set_script([](const LlmRequest&) { return hangs(); });  // as far as the checkpoint knows
  type("count");
  tick();
  brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
  move(has(ipc::Moved::kOpen, 1, {"One.", "Two."}, 1));
  EXPECT_THAT(log, ElementsAre("face happy", "sentence 3 Three.", "audio 1.3", "said 3", "end 1"));
  EXPECT_THAT(lines(brain.requests().back().dialogue), Contains("assistant: One. Two."));
  played(ipc::PlayoutReport::kFinished, 1, 3);
  type("next");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", "assistant: One. Two. Three.", "user: next"));
}

TEST_F(ConversationHandoverTest, AReplyThatGoesOnInOtherWordsKeepsWhatWasSaid) {
  begin();
  brain.set_script([](const LlmRequest&) { return hangs(); });  // as far as the checkpoint knows
  type("count");
  tick();
  brain.set_script([](const LlmRequest&) { return says("And three."); });
  move(has(ipc::Moved::kOpen, 1, {"One.", "Two."}, 1));
  EXPECT_THAT(log, ElementsAre("face happy", "sentence 3 And three.", "audio 1.3", "said 3", "end 1"));
  played(ipc::PlayoutReport::kFinished, 1, 3);
  type("next");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", "assistant: One. Two. And three.", "user: next"));
}

TEST_F(ConversationHandoverTest, WhatOnlyPlaysIsKnownAndMayBeInterrupted) {
  begin();
  start(ipc::Listen::kRealtime);
  brain.set_script([](const LlmRequest&) { return says("One. Two."); });
  type("count");
  tick();
  ASSERT_THAT(log, Contains("end 1"));
  move(has(ipc::Moved::kEnded, 1, {"One.", "Two."}, 1));
  EXPECT_THAT(log, IsEmpty());
  EXPECT_EQ(conversation->state().reply->turn, TurnId{1});
  asr.hears("stop that and listen");
  brain.set_script(echo);
  utterance();
  EXPECT_THAT(log, Contains("flush 1"));
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: count", "assistant: One.", "user: stop that and listen"))
      << "only what was heard";
}

TEST_F(ConversationHandoverTest, ATurnThatNobodyKnowsIsEndedAtTheDevice) {
  begin();
  tick();
  checkpoints.clear();
  move(has(ipc::Moved::kOpen, 7, {"One."}, 1));
  EXPECT_THAT(log, ElementsAre("end 7"));
  type("hello");
  EXPECT_THAT(log, Contains("start 8")) << "numbers go on from what the gateway had";
}

TEST_F(ConversationHandoverTest, ACheckpointThatIsNotUsableBeginsAnew) {
  begin();
  for (const std::string& bad : {std::string("\xff\xff garbage"), [] {
                                   std::string newer = write_checkpoint({});
                                   newer[1] = 2;  // its version, the first field
                                   return newer;
                                 }()}) {
    checkpoints.emplace_back().set_state(bad);
    move();
    type("hello");
    EXPECT_THAT(log, Contains("sentence 1 You said hello."));
  }
  EXPECT_EQ(counted(ConversationEvent::kCheckpointRefused), 2U);
}

TEST_F(ConversationHandoverTest, ToolsThatWereAnsweredAreNotCalledAgain) {
  begin();
  int asked = 0;
  brain.set_script([&](const LlmRequest&) {
    ++asked;
    return asked == 1 ? calls("get_time") : hangs();
  });
  type("what time is it");
  tick();
  ASSERT_EQ(asked, 2);
  brain.set_script([](const LlmRequest& request) {
    return says(request.dialogue.back().role == Message::Role::kTool ? "Late." : "Not again.");
  });
  move();
  EXPECT_THAT(log, Contains("sentence 1 Late."));
}

TEST_F(ConversationHandoverTest, ACheckpointSaysHowMuchOfTheUplinkIsInIt) {
  begin();
  start(ipc::Listen::kAuto);
  ASSERT_FALSE(checkpoints.empty());
  EXPECT_EQ(checkpoints.back().uplink(), 1U);
  silence(3s);
  tick();
  ASSERT_FALSE(uplink_heard.empty());
  EXPECT_GT(uplink_heard.back(), 20U);
  EXPECT_LE(uplink_heard.back(), 51U - 15U) << "somebody may just have begun";
  const std::uint64_t before = uplink_heard.back();
  sound(900ms, 12'000);
  tick();
  EXPECT_LE(uplink_heard.back(), 51U - 15U + 5U) << "an utterance that goes on is not settled";
  EXPECT_GE(uplink_heard.back(), before);
}

TEST_F(ConversationHandoverTest, AHeldKeyIsSettledWithItsAnswer) {
  begin();
  start(ipc::Listen::kManual);
  const std::size_t saved = checkpoints.size();
  speech(900ms);
  silence(1s);
  tick();
  EXPECT_EQ(checkpoints.size(), saved);
  listen(ipc::Listen::kStop, ipc::Listen::kManual);
  wait(500ms);
  ASSERT_GT(checkpoints.size(), saved);
  EXPECT_GT(checkpoints.back().uplink(), 30U);
}

TEST_F(ConversationHandoverTest, AWorkerThatStopsAsksBetweenAnswers) {
  begin();
  brain.set_script([](const LlmRequest&) { return hangs(); });
  type("hello");
  conversation->leave();
  wait(2s);
  EXPECT_TRUE(std::ranges::none_of(checkpoints, &ipc::SessionCheckpoint::leaves));
  abort();
  wait(1s);
  EXPECT_TRUE(checkpoints.back().leaves());
  const std::size_t asked = checkpoints.size();
  wait(3s);
  EXPECT_GT(checkpoints.size(), asked) << "another worker may be there later";
}

TEST_F(ConversationHandoverTest, WithoutAGatewayThatKeepsThemNoneAreWritten) {
  opened.set_keeps_checkpoint(false);
  begin();
  type("hello");
  conversation->leave();
  wait(2s);
  EXPECT_THAT(checkpoints, IsEmpty());
  EXPECT_THAT(log, Not(Contains("said 1")));
  EXPECT_FALSE(conversation->moves());
}

TEST(UplinkMarkTest, ALongSilenceIsGivenUpButForItsTail) {
  UplinkMark mark(60ms);
  mark.control();
  EXPECT_EQ(mark.settled(true), 1U);
  for (int i = 0; i < 100; ++i) mark.audio();
  EXPECT_EQ(mark.settled(true), 86U);
  EXPECT_EQ(mark.settled(false), 101U);
}

TEST(UplinkMarkTest, AnUtteranceStaysFromItsFirstSyllable) {
  UplinkMark mark(60ms);
  mark.control();
  for (int i = 0; i < 50; ++i) mark.audio();
  mark.speech_began();
  for (int i = 0; i < 50; ++i) mark.audio();
  EXPECT_EQ(mark.settled(true), 36U);
  mark.settle();
  EXPECT_EQ(mark.settled(true), 86U);
}

TEST(UplinkMarkTest, WhatTheDeviceSaysInAnUtteranceCannotBeTornFromIt) {
  UplinkMark mark(60ms);
  mark.control();
  mark.key_down();
  for (int i = 0; i < 50; ++i) mark.audio();
  EXPECT_EQ(mark.settled(true), 1U);
  mark.control();  // the key is up
  EXPECT_EQ(mark.settled(false), std::nullopt);
  mark.settle();
  EXPECT_EQ(mark.settled(false), 52U);
}

}  // namespace
}  // namespace earshot::worker
