// Tools, memory and the ends of a conversation.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

TEST_F(ConversationTest, AsksTheDeviceForItsToolsAtOnce) {
  open(true);
  ASSERT_THAT(mcp_requests, SizeIs(2));
  EXPECT_THAT(mcp_requests[0], HasSubstr("initialize"));
  EXPECT_THAT(mcp_requests[1], HasSubstr("tools/list"));
}

TEST_F(ConversationTest, ADeviceWithoutMcpIsNotAsked) {
  open(false);
  EXPECT_THAT(mcp_requests, IsEmpty());
}

TEST_F(ConversationTest, CallsADeviceToolAndSpeaksOfItsResult) {
  brain.set_script([](const LlmRequest& request) {
    if (request.dialogue.back().role == Message::Role::kTool)
      return says("It says " + request.dialogue.back().text + ".");
    return calls("self.audio_speaker.set_volume", R"({"volume":50})");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.audio_speaker.set_volume"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(mcp_requests.back(), HasSubstr(R"("arguments":{"volume":50})"));
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face thinking", "start 1"));
  reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) +
            R"(,"result":{"content":[{"type":"text","text":"true"}],"isError":false}})");
  EXPECT_THAT(take_log(), ElementsAre("face happy", "sentence 1 It says true.", "audio 1.1", "end 1"));
}

TEST_F(ConversationTest, AToolThatDoesNotAnswerIsReportedToTheBrain) {
  config.tools.timeouts["self.a"] = 5s;
  brain.set_script([](const LlmRequest& request) {
    const Message& last = request.dialogue.back();
    return last.role == Message::Role::kTool ? says(last.is_error ? "It failed." : "It worked.")
                                             : calls("self.a");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  wait(6s);
  EXPECT_THAT(log, Contains("sentence 2 It failed.")) << "behind the filler";
  EXPECT_EQ(log.back(), "end 1");
}

TEST_F(ConversationTest, AToolThatTheDeviceHasNotListedIsNeverSent) {
  brain.set_script([](const LlmRequest& request) {
    const Message& last = request.dialogue.back();
    return last.role == Message::Role::kTool ? says(last.is_error ? "No." : "Yes.") : calls("self.reboot");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(mcp_requests, Not(Contains(HasSubstr("self.reboot"))));
  EXPECT_THAT(log, Contains("sentence 1 No."));
}

TEST_F(ConversationTest, ACallWithUnusableArgumentsIsPutRightByTheBrain) {
  brain.set_script([](const LlmRequest& request) {
    const Message& last = request.dialogue.back();
    if (last.role != Message::Role::kTool) {
      ScriptedBrain::Answer answer = calls("self.a");
      answer.calls[0].unusable = true;
      return answer;
    }
    if (last.is_error && last.text.find("no JSON object") != std::string::npos) {
      ScriptedBrain::Answer answer = calls("self.a", R"({"v":5})");
      answer.calls[0].id = "again";
      return answer;
    }
    return says("Now it is " + last.text + ".");
  });
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(mcp_requests, SizeIs(3)) << "the device hears of the good call only";
  EXPECT_THAT(mcp_requests.back(), HasSubstr(R"("arguments":{"v":5})"));
  reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) +
            R"(,"result":{"content":[{"type":"text","text":"set"}],"isError":false}})");
  EXPECT_THAT(log, Contains("sentence 1 Now it is set."));
}

TEST_F(ConversationTest, WaitsAWhileForTheListOfToolsAndThenGoesOnWithout) {
  open(true);
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello"));
  wait(config.turn.tool_list_patience + 100ms);
  EXPECT_THAT(take_log(), Contains("end 1"));
}

TEST_F(ConversationTest, ADeviceThatNeverListsItsToolsDelaysOneTurnOnly) {
  open(true);
  start(ipc::Listen::kAuto);
  utterance();
  wait(config.turn.tool_list_patience + 100ms);
  take_log();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), Contains("end 2"));
}

// What is asked of the device, and then fails without its answer.
class LostReplyTest : public ConversationTest {
 protected:
  void ask() {
    brain.set_script([](const LlmRequest& request) {
      const Message& last = request.dialogue.back();
      return last.role == Message::Role::kTool ? says(last.is_error ? "It failed." : "It worked.")
                                               : calls("self.a");
    });
    open(true);
    reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
    start(ipc::Listen::kAuto);
    utterance();
    EXPECT_THAT(mcp_requests.back(), HasSubstr("tools/call"));
  }
};

TEST_F(LostReplyTest, AReplyThatNobodyCanReadFailsItsCallAtOnce) {
  ask();
  ipc::Envelope lost;
  lost.mutable_mcp_up()->set_loss(ipc::McpUp::kTooLarge);
  lost.mutable_mcp_up()->set_lost_id(mcp_id());
  give(lost);
  EXPECT_THAT(log, Contains("sentence 1 It failed."));
}

TEST_F(LostReplyTest, ADeviceThatGoesAwayFailsItsCallAtOnce) {
  ask();
  ipc::Envelope away;
  away.mutable_device_link()->set_online(false);
  give(away);
  EXPECT_THAT(log, Contains("sentence 1 It failed."));
}

TEST_F(ConversationTest, ABrainThatGoesRoundInCirclesIsStopped) {
  brain.set_script([](const LlmRequest&) { return calls("clock.time"); });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_EQ(brain.requests().size(), static_cast<std::size_t>(config.turn.tool_rounds) + 1);
  EXPECT_THAT(log, Contains("sentence 1 Sorry, I can not answer right now."));
  EXPECT_EQ(log.back(), "end 1");
}

TEST_F(ConversationTest, GoodbyeIsHeardBeforeTheSessionEnds) {
  brain.set_script([](const LlmRequest& request) {
    if (request.dialogue.back().role == Message::Role::kTool) return ScriptedBrain::Answer{};
    auto answer = calls("session.end");
    answer.deltas = {"Good bye!"};
    return answer;
  });
  open();
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(take_log(), ElementsAre("stt hello", "face thinking", "start 1", "sentence 1 Good bye!",
                                      "audio 1.1", "end 1", "session end"));
  start(ipc::Listen::kAuto);
  utterance();
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, SpeaksInTheVoiceOfTheTextsScript) {
  brain.set_script([](const LlmRequest&) { return says("Hello. 你好。"); });
  open(false, "zh-CN");
  start(ipc::Listen::kAuto);
  utterance();
  ASSERT_THAT(tts.requests(), SizeIs(2));
  EXPECT_EQ(tts.requests()[0].language, "en-US");
  EXPECT_EQ(tts.requests()[1].language, "zh-CN");
}

TEST_F(ConversationTest, GarbageForOpusIsConcealedAndCounted) {
  open();
  start(ipc::Listen::kAuto);
  for (std::uint32_t i = 1; i <= 50; ++i) {
    ipc::Envelope envelope;
    envelope.mutable_audio_up()->set_opus(std::string(i % 40, '\xff'));
    envelope.mutable_audio_up()->set_sequence(i);
    clock.advance(kPacket);
    give(envelope);
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, RefusesFormatsThatTheProtocolDoesNotHave) {
  ipc::SessionOpen session;
  session.mutable_uplink()->set_sample_rate_hz(16000);
  session.mutable_uplink()->set_frame_duration_ms(60);
  session.mutable_downlink()->set_sample_rate_hz(44100);
  session.mutable_downlink()->set_frame_duration_ms(60);
  EXPECT_FALSE(Conversation::create(config, services(), session, sink()).ok());
  session.mutable_downlink()->set_sample_rate_hz(24000);
  session.mutable_downlink()->set_frame_duration_ms(30);
  EXPECT_FALSE(Conversation::create(config, services(), session, sink()).ok());
}

TEST_F(ConversationTest, IsSilentAfterClose) {
  open();
  start(ipc::Listen::kAuto);
  asr.hold_results();
  utterance();
  conversation->close();
  asr.release_results();
  run();
  start(ipc::Listen::kAuto);
  utterance();
  conversation.reset();
  run();
  EXPECT_THAT(log, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
