#include "worker/providers/llm/commands_first.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Says "model" to everything.
class Model final : public LlmProvider {
 public:
  class Stream final : public LlmStream {
   public:
    void cancel() override {}
  };
  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    asked.push_back(request.dialogue.back().text);
    callbacks.on_text("model");
    return std::make_unique<Stream>();
  }
  std::vector<std::string> asked;
};

class CommandsFirstTest : public testing::Test {
 protected:
  // RETURNS: what was called, or said.
  std::string ask(LlmRequest request) {
    std::string seen;
    LlmCallbacks callbacks;
    callbacks.on_text = [&](const std::string& text) { seen += text; };
    callbacks.on_tool_call = [&](const ToolCall& call) {
      seen += call.id + " " + call.name + " " + call.arguments;
    };
    callbacks.on_done = [](const Status&) {};
    const auto stream = brain.chat(std::move(request), io.get_executor(), std::move(callbacks));
    io.restart();
    io.run();
    return seen;
  }
  LlmRequest says(const std::string& words, bool with_tools = true) {
    LlmRequest request{.dialogue = {}, .tools = {}, .language = "en-US"};
    if (with_tools) {
      for (const std::string_view name : {kVolumeTool, kStatusTool})
        request.tools.push_back({.name = std::string(name), .description = "", .input_schema = "{}"});
    }
    request.dialogue.push_back(
        {.role = Message::Role::kUser, .text = words, .tool_calls = {}, .tool_call_id = {}});
    return request;
  }

  asio::io_context io;
  Model model;
  IntentBrain commands;
  CommandsFirst brain{model, commands};
};

TEST_F(CommandsFirstTest, PlainCommandsRunAtOnceAndToTheEndOfTheirTurn) {
  LlmRequest request = says("volume fifty");
  EXPECT_EQ(ask(request), R"(call-1 self.audio_speaker.set_volume {"volume":50})");
  request.dialogue.push_back(
      {.role = Message::Role::kAssistant,
       .text = "",
       .tool_calls = {{.id = "call-1", .name = std::string(kVolumeTool), .arguments = "{}"}},
       .tool_call_id = {}});
  request.dialogue.push_back(
      {.role = Message::Role::kTool, .text = "true", .tool_calls = {}, .tool_call_id = "call-1"});
  EXPECT_THAT(ask(request), testing::HasSubstr("50"));
  EXPECT_THAT(model.asked, IsEmpty());
}

TEST_F(CommandsFirstTest, EverythingElseIsTheModels) {
  for (const char* words : {"what time is it", "hello", "goodbye", "how loud is a jet", "tell me a joke",
                            "set the volume to fifty and play a song"})
    EXPECT_EQ(ask(says(words)), "model") << words;
  EXPECT_EQ(ask(says("volume fifty", false)), "model") << "the device has no such tool";
  LlmRequest unheard = says("volume fifty");
  unheard.understood = false;
  EXPECT_EQ(ask(unheard), "model");
}

TEST_F(CommandsFirstTest, ATurnThatTheModelBeganStaysTheModels) {
  LlmRequest request = says("louder");
  request.dialogue.push_back(
      {.role = Message::Role::kAssistant,
       .text = "",
       .tool_calls = {{.id = "call_7f", .name = std::string(kVolumeTool), .arguments = "{}"}},
       .tool_call_id = {}});
  request.dialogue.push_back(
      {.role = Message::Role::kTool, .text = "true", .tool_calls = {}, .tool_call_id = "call_7f"});
  EXPECT_EQ(ask(request), "model");
  EXPECT_THAT(model.asked, ElementsAre("true"));
}

}  // namespace
}  // namespace earshot::worker
