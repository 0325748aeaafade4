#include "worker/trace/turn_trace.h"

#include <gtest/gtest.h>

#include "worker/trace/turn_line.h"
#include "worker/trace/turn_tracer.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kZero{std::chrono::hours(1)};

SteadyTime after(Milliseconds time) {
  return kZero + time;
}

// 700 ms of silence, 80 + 300 + 120 ms of providers, and 1 + 2 + 3 + 4 + 5 ms of our own.
TurnTrace plain_turn() {
  TurnTrace trace("s1", 3, TurnSource::kSpeech);
  trace.mark(TurnMark::kSpeechEnded, after(0ms));
  trace.mark(TurnMark::kEndpointDue, after(700ms));
  trace.mark(TurnMark::kRecogniserAsked, after(701ms));
  trace.mark(TurnMark::kTranscript, after(781ms));
  trace.mark(TurnMark::kBegan, after(783ms));
  trace.mark(TurnMark::kToolsKnown, after(783ms));
  trace.brain_asked(after(786ms));
  trace.mark(TurnMark::kFirstToken, after(1086ms));
  trace.mark(TurnMark::kFirstSentence, after(1186ms));
  trace.mark(TurnMark::kBrainDone, after(1500ms));
  trace.mark(TurnMark::kVoiceAsked, after(1190ms));
  trace.mark(TurnMark::kVoiceFirst, after(1310ms));
  trace.mark(TurnMark::kVoiceEnough, after(1340ms));
  trace.mark(TurnMark::kFirstPacket, after(1345ms));
  return trace;
}

TEST(TurnTrace, OverheadIsWhatNeitherProvidersNorSilenceTook) {
  EXPECT_EQ(plain_turn().overhead(), Microseconds(15ms));
  EXPECT_EQ(plain_turn().since_user(TurnMark::kFirstPacket), Microseconds(1345ms));
}

TEST(TurnTrace, WaitingForTheDevicesToolsIsNotOurOwn) {
  TurnTrace trace("s1", 1, TurnSource::kText);
  trace.mark(TurnMark::kBegan, after(0ms));
  trace.mark(TurnMark::kToolsKnown, after(900ms));
  trace.brain_asked(after(901ms));
  trace.mark(TurnMark::kFirstSentence, after(1200ms));
  trace.mark(TurnMark::kVoiceAsked, after(1202ms));
  trace.mark(TurnMark::kVoiceEnough, after(1300ms));
  trace.mark(TurnMark::kFirstPacket, after(1303ms));
  EXPECT_EQ(trace.overhead(), Microseconds(6ms));
}

TEST(TurnTrace, ReplyThatWaitedForConfirmationIsMeasuredFromTheEndpoint) {
  TurnTrace trace("s1", 1, TurnSource::kSpeech);
  trace.mark(TurnMark::kSpeechEnded, after(0ms));
  trace.mark(TurnMark::kSpeculated, after(200ms));
  trace.brain_asked(after(250ms));  // late, but nobody waits for it
  trace.mark(TurnMark::kFirstSentence, after(400ms));
  trace.mark(TurnMark::kVoiceAsked, after(400ms));
  trace.mark(TurnMark::kVoiceEnough, after(500ms));
  trace.mark(TurnMark::kEndpointDue, after(600ms));
  trace.mark(TurnMark::kRecogniserAsked, after(601ms));
  trace.mark(TurnMark::kTranscript, after(681ms));
  trace.mark(TurnMark::kConfirmed, after(683ms));
  trace.mark(TurnMark::kFirstPacket, after(684ms));
  EXPECT_EQ(trace.overhead(), Microseconds(4ms));
}

TEST(TurnTrace, SpeculatedReplyThatIsNotReadyIsMeasuredFromThePause) {
  TurnTrace trace("s1", 1, TurnSource::kSpeech);
  trace.mark(TurnMark::kSpeculated, after(200ms));
  trace.brain_asked(after(202ms));
  trace.mark(TurnMark::kEndpointDue, after(600ms));
  trace.mark(TurnMark::kConfirmed, after(650ms));
  trace.mark(TurnMark::kFirstSentence, after(700ms));
  trace.mark(TurnMark::kVoiceAsked, after(701ms));
  trace.mark(TurnMark::kVoiceEnough, after(800ms));
  trace.mark(TurnMark::kFirstPacket, after(801ms));
  EXPECT_EQ(trace.overhead(), Microseconds(4ms));
}

TEST(TurnTrace, RoundsBeforeTheFirstWordCountWithTheirToolsLeftOut) {
  TurnTrace trace("s1", 1, TurnSource::kText);
  trace.mark(TurnMark::kBegan, after(0ms));
  trace.brain_asked(after(1ms));
  trace.mark(TurnMark::kBrainDone, after(100ms));
  trace.tool_started("a", "self.light", after(100ms));
  trace.tool_done("a", true, after(400ms));
  trace.brain_asked(after(402ms));
  trace.mark(TurnMark::kFirstSentence, after(700ms));
  trace.mark(TurnMark::kVoiceAsked, after(700ms));
  trace.mark(TurnMark::kVoiceEnough, after(800ms));
  trace.mark(TurnMark::kFirstPacket, after(800ms));
  EXPECT_EQ(trace.overhead(), Microseconds(3ms));
  EXPECT_EQ(trace.rounds, 2U);
}

TEST(TurnTrace, LaterRoundsDoNotMoveTheFirst) {
  TurnTrace trace = plain_turn();
  trace.brain_asked(after(5000ms));
  EXPECT_EQ(trace.overhead(), Microseconds(15ms));
}

TEST(TurnTrace, TurnWithoutAudioHasNoOverhead) {
  TurnTrace trace("s1", 1, TurnSource::kText);
  trace.mark(TurnMark::kBegan, after(0ms));
  EXPECT_EQ(trace.overhead(), std::nullopt);
}

TEST(TurnTrace, TimesReadInAnotherOrderAreNeverNegative) {
  TurnTrace trace = plain_turn();
  trace.mark(TurnMark::kPlayoutStarted, after(1300ms));
  EXPECT_EQ(trace.between(TurnMark::kFirstPacket, TurnMark::kPlayoutStarted), Microseconds(0));
}

TEST(TurnTrace, ToolsAreBounded) {
  TurnTrace trace;
  for (int i = 0; i < 100; ++i) trace.tool_started(std::to_string(i), "t", kZero);
  EXPECT_EQ(trace.tools().size(), TurnTrace::kMaxTools);
}

TEST(TurnLine, TellsTimesProvidersAndErrors) {
  TurnTrace trace = plain_turn();
  trace.end = TurnEnd::kAnswered;
  trace.provider(TurnStage::kLlm,
                 {.name = "cheap", .replaced = {{.name = "clever", .why = ErrorCode::kTimeout}}});
  trace.tool_started("a", "self.light", after(1200ms));
  trace.tool_done("a", false, after(1250ms));
  const std::string line = turn_line(trace);
  for (const char* part :
       {"session=s1", "turn=3", "outcome=answered", "source=speech", "first_audio_ms=1345.0",
        "overhead_ms=15.0", "silence_ms=700.0", "asr_ms=80.0", "llm=cheap", "llm_failed=clever:timeout",
        "llm_first_token_ms=300.0", "first_sentence_ms=100.0", "tts_first_audio_ms=120.0",
        "tools=self.light:50.0:failed"})
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
}

TEST(TurnLine, NamesFromAServiceCannotBreakIt) {
  TurnTrace trace = plain_turn();
  trace.tool_started("a", "x\ny outcome=answered\x1b[2J" + std::string(500, 'z'), kZero);
  const std::string line = turn_line(trace);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find("outcome=answered"), std::string::npos);
  EXPECT_LT(line.size(), 600U);
}

class TurnTracerTest : public testing::Test {
 protected:
  class StandingClock final : public Clock {
   public:
    SteadyTime now() const override { return kZero; }
    std::chrono::system_clock::time_point wall() const override { return {}; }
  };
  StandingClock clock;
  std::vector<TurnTrace> ended;
  TurnTracer tracer{"s1", clock, [this](const TurnTrace& trace) { ended.push_back(trace); }};
};

TEST_F(TurnTracerTest, TurnEndsOnce) {
  tracer.begin(TurnId{1}, TurnSource::kText);
  tracer.end(TurnId{1}, TurnEnd::kBargedIn);
  tracer.end(TurnId{1}, TurnEnd::kClosed);
  tracer.end_all(TurnEnd::kClosed);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].end, TurnEnd::kBargedIn);
  EXPECT_TRUE(ended[0].at(TurnMark::kInterrupted));
}

TEST_F(TurnTracerTest, SettledTurnEndsAsItWent) {
  tracer.begin(TurnId{1}, TurnSource::kText);
  tracer.settle(TurnId{1}, true);
  tracer.end_as_settled(TurnId{1});
  tracer.begin(TurnId{2}, TurnSource::kText);
  tracer.fail(TurnId{2}, TurnStage::kTts, ErrorCode::kTimeout);
  tracer.settle(TurnId{2}, false);
  tracer.end_as_settled(TurnId{2});
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].end, TurnEnd::kApologised);
  EXPECT_EQ(ended[1].end, TurnEnd::kUnvoiced);
}

TEST_F(TurnTracerTest, HearingBelongsToTheTurnBehindItAlone) {
  tracer.heard({.speech_ended = kZero, .due = kZero, .asked = kZero, .decided = kZero, .recogniser = {}});
  tracer.begin(TurnId{1}, TurnSource::kSpeech);
  tracer.begin(TurnId{2}, TurnSource::kSpeech);
  tracer.end_all(TurnEnd::kClosed);
  EXPECT_TRUE(ended.at(0).at(TurnMark::kSpeechEnded));
  EXPECT_FALSE(ended.at(1).at(TurnMark::kSpeechEnded));
}

TEST_F(TurnTracerTest, WrongSpeculationWritesNothingButIsCounted) {
  tracer.audio_up(100);
  tracer.begin(TurnId{1}, TurnSource::kSpeech);
  tracer.speculated(TurnId{1}, kZero);
  tracer.end(TurnId{1}, TurnEnd::kDiscarded);
  EXPECT_TRUE(ended.empty());
  tracer.begin(TurnId{2}, TurnSource::kSpeech);
  tracer.end_all(TurnEnd::kClosed);
  EXPECT_EQ(ended.at(0).discarded_speculations, 1U);
  EXPECT_EQ(ended.at(0).bytes_up, 100U);
}

TEST_F(TurnTracerTest, OpenTurnsAreBounded) {
  for (std::uint32_t i = 1; i <= 10; ++i) tracer.begin(TurnId{i}, TurnSource::kText);
  EXPECT_EQ(ended.size(), 10 - TurnTracer::kMaxOpen);
}

}  // namespace
}  // namespace earshot::worker
