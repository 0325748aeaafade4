// Each turn of a conversation leaves one trace, however it ends.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

TEST_F(ConversationTest, SpokenTurnIsTracedFromTheLastVoicedFrameToTheEndOfPlayout) {
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(traces, IsEmpty());
  played(ipc::PlayoutReport::kStarted, 1);
  clock.advance(500ms);
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(traces, SizeIs(1));
  const TurnTrace& trace = traces[0];
  EXPECT_EQ(trace.session, "s1");
  EXPECT_EQ(trace.end, TurnEnd::kAnswered);
  EXPECT_EQ(trace.source, TurnSource::kSpeech);
  for (const TurnMark mark :
       {TurnMark::kSpeechEnded, TurnMark::kEndpointDue, TurnMark::kRecogniserAsked, TurnMark::kTranscript,
        TurnMark::kBegan, TurnMark::kBrainAsked, TurnMark::kFirstToken, TurnMark::kBrainDone,
        TurnMark::kFirstSentence, TurnMark::kVoiceAsked, TurnMark::kVoiceFirst, TurnMark::kVoiceEnough,
        TurnMark::kFirstPacket, TurnMark::kPlayoutStarted, TurnMark::kPlayoutFinished})
    EXPECT_TRUE(trace.at(mark)) << static_cast<int>(mark);
  const auto silence = trace.between(TurnMark::kSpeechEnded, TurnMark::kEndpointDue);
  EXPECT_GE(*silence, config.endpoint.trailing_silence - kPacket);
  EXPECT_LE(*silence, config.endpoint.trailing_silence + kPacket);
  EXPECT_EQ(trace.overhead(), Microseconds(0)) << "the clock stood still";
  EXPECT_EQ(trace.between(TurnMark::kPlayoutStarted, TurnMark::kPlayoutFinished), Microseconds(500ms));
  EXPECT_GT(trace.packets_down, 0U);
  EXPECT_GT(trace.bytes_up, 0U);
}

TEST_F(ConversationTest, EndpointThatATickFindsIsDueAtItsDeadline) {
  open();
  start(ipc::Listen::kAuto);
  silence(300ms);
  speech(900ms);
  wait(3s);
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_GT(traces[0].overhead(), Microseconds(0)) << "the tick came late";
  EXPECT_LE(traces[0].overhead(), Microseconds(100ms));
}

TEST_F(ConversationTest, InterruptedTurnSaysByWhom) {
  open();
  type("one");
  abort();
  type("two");
  type("three");
  start(ipc::Listen::kRealtime);
  utterance();
  utterance();
  conversation->close();
  std::vector<TurnEnd> ends;
  for (const TurnTrace& trace : traces) ends.push_back(trace.end);
  EXPECT_THAT(ends, ElementsAre(TurnEnd::kAborted, TurnEnd::kReplaced, TurnEnd::kReplaced, TurnEnd::kBargedIn,
                                TurnEnd::kClosed));
}

TEST_F(ConversationTest, FlushThatArrivesBeforeItsAbortIsAnAbort) {
  open();
  type("one");
  played(ipc::PlayoutReport::kFlushed, 1);
  abort();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].end, TurnEnd::kAborted);
}

TEST_F(ConversationTest, FailedBrainIsNamedInTheTrace) {
  brain.set_script([](const LlmRequest&) {
    ScriptedBrain::Answer answer;
    answer.status = Error{ErrorCode::kUnavailable, "scripted"};
    return answer;
  });
  open();
  type("hello");
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].end, TurnEnd::kApologised);
  EXPECT_EQ(traces[0].stage(TurnStage::kLlm).error, ErrorCode::kUnavailable);
}

TEST_F(ConversationTest, SilentVoiceEndsTheTraceWithoutPlayout) {
  tts.behave(ScriptedTts::Behaviour::kFails);
  brain.set_script([](const LlmRequest&) { return says("hello"); });
  open();
  type("hello");
  conversation->close();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].stage(TurnStage::kTts).error, ErrorCode::kInternal);
}

TEST_F(ConversationTest, RecogniserThatFailsIsNamedInTheApologysTrace) {
  asr.fails();
  open();
  start(ipc::Listen::kAuto);
  utterance();
  conversation->close();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].source, TurnSource::kServer);
  EXPECT_EQ(traces[0].stage(TurnStage::kAsr).error, ErrorCode::kInternal);
}

TEST_F(ConversationTest, BuiltInToolIsTimed) {
  brain.set_script([](const LlmRequest& request) {
    return request.dialogue.back().role == Message::Role::kTool ? says("done") : calls("get_time");
  });
  open();
  type("what time is it");
  conversation->close();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].rounds, 2U);
  ASSERT_THAT(traces[0].tools(), SizeIs(1));
  EXPECT_TRUE(traces[0].tools()[0].took);
}

TEST_F(ConversationTest, WrongSpeculationIsCountedInTheTraceOfTheTurnThatCame) {
  open();
  start(ipc::Listen::kAuto);
  silence(300ms);
  speech(900ms);
  asr.shows("what time");
  silence(300ms);
  speech(600ms);
  asr.shows("what time is it");
  asr.hears("what time is it");
  silence(900ms);
  played(ipc::PlayoutReport::kFinished, 2);
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].discarded_speculations, 1U);
  EXPECT_TRUE(traces[0].speculative);
  EXPECT_LT(*traces[0].since_user(TurnMark::kBrainAsked), Microseconds(400ms));
  EXPECT_TRUE(traces[0].at(TurnMark::kConfirmed));
  EXPECT_TRUE(traces[0].at(TurnMark::kSpeechEnded));
  EXPECT_EQ(traces[0].overhead(), Microseconds(0));
}

}  // namespace
}  // namespace earshot::worker
