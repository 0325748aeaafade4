// Several tools at once, slow ones, and results that come when their turn is over.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

using testing::Each;

ScriptedBrain::Answer calls_all(const std::vector<std::string>& tools) {
  ScriptedBrain::Answer answer;
  for (const std::string& tool : tools)
    answer.calls.push_back(
        {.id = "c" + std::to_string(answer.calls.size() + 1), .name = tool, .arguments = "{}"});
  return answer;
}

class SlowToolsTest : public ConversationTest {
 protected:
  SlowToolsTest() {
    config.agent.prompt.clear();
    config.idle_farewell = 0s;
  }
  void open_with(const std::string& listed) {
    open(true);
    reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[)" + listed + "]}}");
  }
  // Calls self.a for the first words of the user, and tells of its result.
  void script_one_call() {
    brain.set_script([](const LlmRequest& request) {
      const Message& last = request.dialogue.back();
      if (last.role == Message::Role::kUser && last.text == "photo") return calls_all({"self.a"});
      if (last.role == Message::Role::kUser) return says("Yes.");
      if (last.text.find("still running") != std::string::npos) return says("It takes a while.");
      return says((last.is_error ? "No: " : "It is ") + last.text + ".");
    });
  }
  void answer_call(const std::string& text) {
    reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) +
              R"(,"result":{"content":[{"type":"text","text":")" + text + R"("}]}})");
  }
  void heard_out(std::uint32_t turn) {
    played(ipc::PlayoutReport::kSentence, turn, 1);
    played(ipc::PlayoutReport::kFinished, turn, 1);
  }
};

TEST_F(SlowToolsTest, BuiltinToolsDoNotWaitForTheDeviceAndAnswersKeepTheOrderOfTheCalls) {
  brain.set_script([](const LlmRequest& request) {
    if (request.dialogue.back().role == Message::Role::kTool) return says("Done.");
    return calls_all({"self.a", "clock.date", "self.a", "nothing.known"});
  });
  open_with(R"({"name":"self.a"})");
  type("go");
  EXPECT_EQ(brain.requests().size(), 1U);
  answer_call("first");
  answer_call("second");
  const auto dialogue = lines(brain.requests().back().dialogue);
  ASSERT_THAT(dialogue, SizeIs(6));
  EXPECT_EQ(dialogue[1], "assistant:  +c1 +c2 +c3 +c4");
  EXPECT_EQ(dialogue[2], "tool c1: first");
  EXPECT_THAT(dialogue[3], StartsWith("tool c2: 19"));
  EXPECT_EQ(dialogue[4], "tool c3: second");
  EXPECT_EQ(dialogue[5], "tool c4: there is no such tool");
}

TEST_F(SlowToolsTest, ASlowToolIsBridgedOnceAndTheFillerIsNotInTheHistory) {
  script_one_call();
  open_with(R"({"name":"self.a"})");
  type("photo");
  wait(1400ms);
  EXPECT_THAT(log, Not(Contains(HasSubstr("sentence"))));
  wait(5s);
  EXPECT_THAT(take_log(),
              ElementsAre("stt photo", "face neutral", "start 1", "sentence 1 One moment.", "audio 1.1"));
  answer_call("a cat");
  EXPECT_THAT(take_log(), ElementsAre("face happy", "sentence 2 It is a cat.", "audio 1.2", "end 1"));
  played(ipc::PlayoutReport::kSentence, 1, 2);
  played(ipc::PlayoutReport::kFinished, 1, 2);
  type("thanks");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              ElementsAre("user: photo", "assistant:  +c1", "tool c1: a cat", "assistant: It is a cat.",
                          "user: thanks"));
}

TEST_F(SlowToolsTest, TheFillerSpeaksTheLanguageOfTheDevice) {
  script_one_call();
  open(true, "zh-CN");
  reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.a"}]}})");
  type("photo");
  wait(2s);
  EXPECT_THAT(log, Contains("sentence 1 请稍等。"));
}

TEST_F(SlowToolsTest, ABrainThatHasSpokenNeedsNoFiller) {
  brain.set_script([](const LlmRequest&) {
    auto answer = calls_all({"self.a"});
    answer.deltas = {"Let me look."};
    return answer;
  });
  open_with(R"({"name":"self.a"})");
  type("photo");
  wait(5s);
  EXPECT_THAT(log, Contains("sentence 1 Let me look."));
  EXPECT_THAT(log, Not(Contains(HasSubstr("sentence 2"))));
}

TEST_F(SlowToolsTest, ALateResultIsToldWhenItComes) {
  script_one_call();
  open_with(R"({"name":"self.a"})");
  type("photo");
  wait(config.tools.late_after + 100ms);
  EXPECT_THAT(take_log(), Contains("sentence 2 It takes a while."));
  played(ipc::PlayoutReport::kSentence, 1, 2);
  played(ipc::PlayoutReport::kFinished, 1, 2);
  start(ipc::Listen::kAuto);
  wait(60s);
  EXPECT_THAT(log, IsEmpty());
  answer_call("a cat");
  wait(100ms);
  EXPECT_THAT(take_log(),
              ElementsAre("face happy", "start 2", "sentence 1 It is a cat.", "audio 2.1", "end 2"));
  EXPECT_EQ(counted(ConversationEvent::kLateResult), 1U);
  heard_out(2);
  type("thanks");
  EXPECT_EQ(lines(brain.requests().back().dialogue).at(3), "assistant: It takes a while.\nIt is a cat.");
}

// In auto mode the device says `listen start` by itself when a reply has played.
TEST_F(SlowToolsTest, ALateResultNeitherCrossesTheListenStartNorIsLostInIt) {
  script_one_call();
  open_with(R"({"name":"self.a"})");
  start(ipc::Listen::kAuto);
  type("photo");
  wait(config.tools.late_after + 100ms);
  answer_call("a cat");
  heard_out(1);
  take_log();
  wait(200ms);
  EXPECT_THAT(log, IsEmpty()) << "the device is about to say that it listens";
  start(ipc::Listen::kAuto);
  wait(100ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 It is a cat."));
  start(ipc::Listen::kAuto);
  wait(100ms);
  EXPECT_THAT(take_log(), Contains("sentence 1 It is a cat.")) << "nothing of it was heard";
  played(ipc::PlayoutReport::kSentence, 3, 1);
  start(ipc::Listen::kAuto);
  wait(100ms);
  EXPECT_THAT(log, Not(Contains("sentence 1 It is a cat.")));
}

TEST_F(SlowToolsTest, ALateResultWaitsUntilNobodySpeaks) {
  script_one_call();
  open_with(R"({"name":"self.a"})");
  type("photo");
  wait(config.tools.late_after + 100ms);
  const std::int64_t id = mcp_id();
  answer_call("a cat");
  wait(1s);
  EXPECT_THAT(take_log(), Not(Contains("start 2"))) << "the reply still plays";
  played(ipc::PlayoutReport::kFinished, 1, 2);
  start(ipc::Listen::kAuto);
  speech(900ms);
  conversation->tick();
  run();
  EXPECT_THAT(take_log(), Not(Contains("start 2"))) << "the user speaks";
  silence(900ms);
  EXPECT_THAT(take_log(), Contains("stt hello"));
  EXPECT_GT(id, 0);
  heard_out(2);
  wait(2s);
  EXPECT_THAT(take_log(), Contains("sentence 1 It is a cat.")) << "also when the device does not say so";
}

TEST_F(SlowToolsTest, AToolThatNeverAnswersIsToldOfAtItsDeadline) {
  config.tools.timeout = 40s;
  script_one_call();
  open_with(R"({"name":"self.a"})");
  type("photo");
  wait(15s);
  played(ipc::PlayoutReport::kFinished, 1, 2);
  take_log();
  wait(30s);
  EXPECT_THAT(log, Contains("sentence 1 No: the device did not answer in time."));
}

TEST_F(SlowToolsTest, AnAgentsToolsAreTheOnlyOnes) {
  config.agent.tools = {"clock.*"};
  brain.set_script([](const LlmRequest& request) {
    for (const ToolSpec& tool : request.tools) EXPECT_THAT(tool.name, StartsWith("clock."));
    EXPECT_THAT(request.tools, SizeIs(3));
    return says("Yes.");
  });
  open_with(R"({"name":"self.a"})");
  type("hi");
}

}  // namespace
}  // namespace earshot::worker
