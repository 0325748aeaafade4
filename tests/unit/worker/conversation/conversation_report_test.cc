// What the gateway is told of a turn when it has ended.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

class TurnReports : public ConversationTest {
 protected:
  // A reply of two sentences, all of it on its way to the device.
  void answer_twice() {
    brain.set_script([](const LlmRequest&) { return says("First things first. Second things later."); });
    open();
    start(ipc::Listen::kRealtime);
    utterance();
    ASSERT_THAT(log, Contains("end 1"));
    played(ipc::PlayoutReport::kStarted, 1, 0);
    played(ipc::PlayoutReport::kSentence, 1, 1);
  }
};

TEST_F(TurnReports, HoldWhatWasSaidAndHeardAndHowLongItTook) {
  clock.set_wall(std::chrono::system_clock::time_point(1'700'000'000'123ms));
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(reports, IsEmpty()) << "it still plays";
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(reports, SizeIs(1));
  const ipc::TurnReport& report = reports.front();
  EXPECT_EQ(report.session_id(), "s1");
  EXPECT_EQ(report.turn(), 1U);
  EXPECT_EQ(report.source(), "speech");
  EXPECT_EQ(report.end(), "answered");
  EXPECT_EQ(report.user_text(), "hello");
  EXPECT_EQ(report.reply_text(), "You said hello.");
  EXPECT_NEAR(static_cast<double>(report.started_ms()), 1'700'000'002'000.0, 1000.0);
  EXPECT_EQ(report.agent(), "default");
  EXPECT_TRUE(report.has_first_audio_ms());
  const auto trace = json::parse_object(report.trace(), 8192);
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(json::find_string(*trace, "outcome"), "answered");
  EXPECT_NE(trace->if_contains("first_audio_ms"), nullptr);
  EXPECT_THAT(report.trace(), Not(HasSubstr("hello")));
}

TEST_F(TurnReports, HoldOfAnInterruptedReplyWhatWasHeard) {
  answer_twice();
  utterance();
  EXPECT_THAT(log, Contains("flush 1"));
  EXPECT_THAT(reports, IsEmpty()) << "the gateway has not told yet what was heard";
  played(ipc::PlayoutReport::kFlushed, 1, 1);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports.front().end(), "barged_in");
  EXPECT_EQ(reports.front().reply_text(), "First things first.");
}

TEST_F(TurnReports, TakeTheGatewaysLastWordOnWhatWasHeard) {
  answer_twice();
  utterance();
  played(ipc::PlayoutReport::kFlushed, 1, 2);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports.front().reply_text(), "First things first. Second things later.");
}

TEST_F(TurnReports, DoNotWaitForAGatewayThatSaysNothing) {
  answer_twice();
  utterance();
  wait(2s);
  ASSERT_THAT(reports, Not(IsEmpty()));
  EXPECT_EQ(reports.front().end(), "barged_in");
}

TEST_F(TurnReports, ComeAlsoOfATurnThatTheEndOfTheSessionCut) {
  answer_twice();
  conversation->close();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports.front().end(), "closed");
  EXPECT_EQ(reports.front().reply_text(), "First things first.");
}

TEST_F(TurnReports, HoldNoAudioUnlessAskedFor) {
  open();
  start(ipc::Listen::kAuto);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1, 1, 100);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_TRUE(reports.front().user_audio().empty());
  EXPECT_TRUE(reports.front().reply_audio().empty());
}

TEST_F(TurnReports, HoldTheUsersPacketsAndThoseOfTheReplyThatWereHeard) {
  report_audio = true;
  tts.speak_for(600ms);  // ten packets
  open();
  start(ipc::Listen::kAuto);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1, 1, 4);
  ASSERT_THAT(reports, SizeIs(1));
  const auto packets = [](const std::string& packed) {
    std::size_t count = 0;
    for (std::size_t at = 0; at + 2 <= packed.size(); ++count) {
      at += 2 + (static_cast<std::uint8_t>(packed[at]) << 8 | static_cast<std::uint8_t>(packed[at + 1]));
      EXPECT_LE(at, packed.size());
    }
    return count;
  };
  EXPECT_GE(packets(reports.front().user_audio()), 15U);  // 900 ms of speech
  EXPECT_EQ(packets(reports.front().reply_audio()), 4U);
}

TEST_F(TurnReports, NameTheToolsThatWereCalled) {
  brain.set_script([](const LlmRequest& request) {
    return request.dialogue.back().role == Message::Role::kTool ? says("Noon.") : calls("clock.time");
  });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports.front().tools(), ElementsAre("clock.time"));
}

TEST_F(TurnReports, KeepTheUsersWordsOutWhenTheyWereNotUnderstood) {
  asr.rejects();
  open();
  start(ipc::Listen::kAuto);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports.front().user_text(), "");
}

}  // namespace
}  // namespace earshot::worker
