#include "worker/providers/llm/intent_brain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kStatus =
    R"({"audio_speaker":{"volume":40},"screen":{"brightness":75,"theme":"light"},)"
    R"("battery":{"level":83,"charging":false},"network":{"type":"wifi","ssid":"Home","signal":"strong"}})";

const std::vector<std::string> kAllTools = {"self.get_device_status",
                                            "self.audio_speaker.set_volume",
                                            "self.screen.set_brightness",
                                            "self.screen.set_theme",
                                            "clock.time",
                                            "clock.date",
                                            "session.end"};

// Plays the conversation's part: calls tools until the brain has no more calls.
struct Dialogue {
  std::vector<std::string> tools = kAllTools;
  std::map<std::string, std::string> answers = {{"self.get_device_status", kStatus},
                                                {"self.audio_speaker.set_volume", "true"},
                                                {"self.screen.set_brightness", "true"},
                                                {"self.screen.set_theme", "true"},
                                                {"clock.time", "14:05"},
                                                {"clock.date", "2026-11-21"},
                                                {"session.end", "ok"}};
  std::set<std::string> failing = {};
  std::string language = "en-US";

  std::vector<std::string> calls = {};  // "name arguments"
  std::string reply = {};
  std::vector<std::string> emotions = {};

  void run(const std::string& said, bool understood = true) {
    const IntentBrain brain;
    LlmRequest request{.dialogue = {}, .tools = {}, .language = language, .understood = understood};
    for (const std::string& name : tools)
      request.tools.push_back({.name = name, .description = {}, .input_schema = {}});
    request.dialogue.push_back(
        {.role = Message::Role::kUser, .text = "hello", .tool_calls = {}, .tool_call_id = {}});
    request.dialogue.push_back(
        {.role = Message::Role::kAssistant, .text = "Hi", .tool_calls = {}, .tool_call_id = {}});
    request.dialogue.push_back(
        {.role = Message::Role::kUser, .text = said, .tool_calls = {}, .tool_call_id = {}});
    for (int round = 0; round < 5; ++round) {
      const BrainStep step = brain.think(request);
      reply += step.text;
      if (!step.emotion.empty()) emotions.push_back(step.emotion);
      if (step.calls.empty()) return;
      Message assistant{
          .role = Message::Role::kAssistant, .text = step.text, .tool_calls = {}, .tool_call_id = {}};
      std::vector<Message> results;
      for (const BrainStep::Call& call : step.calls) {
        calls.push_back(call.name + " " + call.arguments);
        const std::string id = "c" + std::to_string(calls.size());
        assistant.tool_calls.push_back({.id = id, .name = call.name, .arguments = call.arguments});
        results.push_back({.role = Message::Role::kTool,
                           .text = answers[call.name],
                           .tool_calls = {},
                           .tool_call_id = id,
                           .is_error = failing.contains(call.name)});
      }
      request.dialogue.push_back(assistant);
      for (Message& result : results) request.dialogue.push_back(std::move(result));
    }
    FAIL() << "the brain does not come to an end: " << said;
  }
  void lack(const std::string& tool) { std::erase(tools, tool); }
};

struct StepCase {
  const char* said;
  std::vector<std::string> calls;
  const char* reply;
};

TEST(IntentBrain, CallsTheRightToolsAndSaysWhatCameOfIt) {
  const std::string status = "self.get_device_status {}";
  const std::string volume = "self.audio_speaker.set_volume ";
  const std::string brightness = "self.screen.set_brightness ";
  const StepCase cases[] = {
      {"set the volume to fifty percent", {volume + R"({"volume":50})"}, "The volume is now 50 percent."},
      {"set the volume to 150", {volume + R"({"volume":100})"}, "The volume is now 100 percent."},
      {"louder", {status, volume + R"({"volume":50})"}, "The volume is now 50 percent."},
      {"turn the volume down", {status, volume + R"({"volume":30})"}, "The volume is now 30 percent."},
      {"mute", {volume + R"({"volume":0})"}, "The sound is off."},
      {"unmute", {volume + R"({"volume":50})"}, "The volume is now 50 percent."},
      {"what is the volume", {status}, "The volume is at 40 percent."},
      {"brightness 20", {brightness + R"({"brightness":20})"}, "The brightness is now 20 percent."},
      {"brighter", {status, brightness + R"({"brightness":85})"}, "The brightness is now 85 percent."},
      {"make the screen darker",
       {status, brightness + R"({"brightness":65})"},
       "The brightness is now 65 percent."},
      {"what is the brightness", {status}, "The brightness is at 75 percent."},
      {"dark mode", {R"(self.screen.set_theme {"theme":"dark"})"}, "The dark theme is on."},
      {"switch to the light theme", {R"(self.screen.set_theme {"theme":"light"})"}, "The light theme is on."},
      {"how much battery is left", {status}, "The battery is at 83 percent."},
      {"network status", {status}, "I am connected to Home."},
      {"what time is it", {"clock.time {}"}, "It is 2:05 in the afternoon."},
      {"what is the date", {"clock.date {}"}, "Today is Saturday, November 21, 2026."},
      {"hello", {}, "Hello! How can I help you?"},
      {"thank you", {}, "You are welcome."},
      {"stop", {}, "Okay."},
      {"goodbye", {"session.end {}"}, "Good bye! Talk to you soon."},
      {"how are you", {}, "I am well, thank you. What can I do for you?"},
      {"good night", {"session.end {}"}, "Good night! Sleep well."},
  };
  for (const StepCase& one : cases) {
    Dialogue dialogue;
    dialogue.run(one.said);
    EXPECT_EQ(dialogue.calls, one.calls) << one.said;
    EXPECT_EQ(dialogue.reply, one.reply) << one.said;
    EXPECT_THAT(dialogue.emotions, Not(IsEmpty())) << one.said;
  }
}

TEST(IntentBrain, StaysWithinTheLimitsOfALevel) {
  Dialogue loud;
  loud.answers["self.get_device_status"] = R"({"audio_speaker":{"volume":95}})";
  loud.run("louder");
  EXPECT_THAT(loud.calls.back(), HasSubstr(R"({"volume":100})"));

  Dialogue loudest;
  loudest.answers["self.get_device_status"] = R"({"audio_speaker":{"volume":100}})";
  loudest.run("louder");
  EXPECT_EQ(loudest.calls.size(), 1U);
  EXPECT_EQ(loudest.reply, "The volume is already at its maximum.");

  Dialogue silent;
  silent.answers["self.get_device_status"] = R"({"audio_speaker":{"volume":3}})";
  silent.run("quieter");
  EXPECT_THAT(silent.calls.back(), HasSubstr(R"({"volume":0})"));
}

TEST(IntentBrain, SaysSoWhenTheDeviceLacksTheTool) {
  struct Lack {
    const char* tool;
    const char* said;
    const char* reply;
  };
  const Lack lacks[] = {
      {"self.audio_speaker.set_volume", "set the volume to ten",
       "Sorry, I can not change the volume of this device."},
      {"self.audio_speaker.set_volume", "mute", "Sorry, I can not change the volume of this device."},
      {"self.screen.set_brightness", "brighter", "Sorry, I can not change the brightness of this device."},
      {"self.screen.set_theme", "dark mode", "Sorry, I can not change the theme of this device."},
      {"self.get_device_status", "battery level", "Sorry, this device does not tell me its status."},
      {"self.get_device_status", "network status", "Sorry, this device does not tell me its status."},
      {"self.get_device_status", "louder", "I can not read the volume, but you can tell me a number."},
      {"clock.time", "what time is it", "Sorry, I have no clock here."},
  };
  for (const Lack& one : lacks) {
    Dialogue dialogue;
    dialogue.lack(one.tool);
    dialogue.run(one.said);
    EXPECT_THAT(dialogue.calls, IsEmpty()) << one.said;
    EXPECT_EQ(dialogue.reply, one.reply) << one.said;
  }
}

TEST(IntentBrain, OffersOnlyWhatIsThere) {
  Dialogue all;
  all.run("what can you do");
  EXPECT_EQ(
      all.reply,
      "I can change the volume, change the brightness, switch the theme, tell you about the battery and the "
      "network, tell the time, tell the date and do sums and convert units.");
  Dialogue few;
  few.tools = {"self.audio_speaker.set_volume", "clock.time"};
  few.run("what can you do");
  EXPECT_EQ(few.reply, "I can change the volume, tell the time and do sums and convert units.");
  Dialogue none;
  none.tools = {};
  none.run("what can you do");
  EXPECT_EQ(none.reply, "This device does not offer me anything to do yet.");
}

TEST(IntentBrain, SaysSoWhenAToolFails) {
  for (const char* said :
       {"set the volume to ten", "brightness 10", "dark mode", "battery level", "network status"}) {
    Dialogue dialogue;
    dialogue.failing = {kAllTools.begin(), kAllTools.end()};
    dialogue.run(said);
    EXPECT_EQ(dialogue.reply, "Sorry, the device did not do that.") << said;
    EXPECT_EQ(dialogue.emotions.back(), "sad");
  }
}

TEST(IntentBrain, ReadsTheThemeRefusalThatIsNoError) {
  Dialogue dialogue;
  dialogue.answers["self.screen.set_theme"] = "false";
  dialogue.run("dark mode");
  EXPECT_EQ(dialogue.reply, "Sorry, this device does not have that theme.");
}

TEST(IntentBrain, AnOrderThatTheDeviceAnsweredWithFalseIsNotToldAsDone) {
  for (const char* refused :
       {"false", "False", " false\n", "\"false\"", R"({"success":false})", R"({"ok": false})"}) {
    for (const char* said :
         {"set the volume to fifty", "louder", "mute", "unmute", "brightness 20", "brighter"}) {
      Dialogue dialogue;
      dialogue.answers["self.audio_speaker.set_volume"] = refused;
      dialogue.answers["self.screen.set_brightness"] = refused;
      dialogue.run(said);
      EXPECT_EQ(dialogue.reply, "Sorry, the device did not do that.") << said << " " << refused;
    }
  }
  for (const char* done : {"true", "", "ok", "null", R"({"success":true})", "falsetto"}) {
    Dialogue dialogue;
    dialogue.answers["self.audio_speaker.set_volume"] = done;
    dialogue.run("set the volume to fifty");
    EXPECT_EQ(dialogue.reply, "The volume is now 50 percent.") << done;
  }
  for (const char* said : {"battery level", "network status", "what is the volume"}) {
    Dialogue dialogue;
    dialogue.answers["self.get_device_status"] = "false";
    dialogue.run(said);
    EXPECT_EQ(dialogue.reply, "Sorry, the device did not do that.") << said;
  }
}

TEST(IntentBrain, LivesWithAStatusOfAnyShape) {
  for (const char* status :
       {"", "null", "[]", "{", "{}", R"({"audio_speaker":7})", R"({"audio_speaker":{"volume":"x"}})",
        R"({"battery":{"level":null},"network":[]})"}) {
    for (const char* said : {"louder", "brighter", "battery level", "network status", "what is the volume"}) {
      Dialogue dialogue;
      dialogue.answers["self.get_device_status"] = status;
      dialogue.run(said);
      EXPECT_THAT(dialogue.reply, Not(IsEmpty())) << said << " " << status;
      EXPECT_EQ(dialogue.calls.size(), 1U);
    }
  }
}

TEST(IntentBrain, SaysSoWhenItDidNotUnderstand) {
  Dialogue dialogue;
  dialogue.run("", false);
  EXPECT_EQ(dialogue.reply, "Sorry, I did not understand that.");
  EXPECT_THAT(dialogue.emotions, ElementsAre("confused"));
}

TEST(IntentBrain, AnswersInTheLanguageOfTheSentence) {
  Dialogue chinese;
  chinese.run("音量调到50");
  EXPECT_EQ(chinese.reply, "音量已调到百分之50。");
  Dialogue english;
  english.language = "zh-CN";
  english.run("set the volume to fifty");
  EXPECT_EQ(english.reply, "The volume is now 50 percent.");
}

TEST(IntentBrain, StreamsOnTheExecutorFaceFirstAndEndsOnce) {
  asio::io_context io;
  IntentBrain brain;
  std::vector<std::string> events;
  LlmCallbacks callbacks;
  callbacks.on_text = [&](const std::string& text) { events.push_back("text " + text); };
  callbacks.on_emotion = [&](const std::string& name) { events.push_back("face " + name); };
  callbacks.on_tool_call = [&](const ToolCall& call) { events.push_back("call " + call.name); };
  callbacks.on_done = [&](const Status& status) { events.push_back(status.ok() ? "done" : "failed"); };
  LlmRequest request{
      .dialogue = {{.role = Message::Role::kUser, .text = "bye", .tool_calls = {}, .tool_call_id = {}}},
      .tools = {{.name = "session.end", .description = {}, .input_schema = {}}},
      .language = "en"};
  const auto stream = brain.chat(request, io.get_executor(), callbacks);
  EXPECT_THAT(events, IsEmpty());
  io.run();
  EXPECT_THAT(events,
              ElementsAre("face happy", "text Good bye! Talk to you soon.", "call session.end", "done"));
}

TEST(IntentBrain, SaysNothingAfterCancel) {
  asio::io_context io;
  IntentBrain brain;
  std::unique_ptr<LlmStream> stream;
  int events = 0;
  LlmCallbacks callbacks;
  callbacks.on_text = [&](const std::string&) { ++events; };
  callbacks.on_emotion = [&](const std::string&) {
    ++events;
    stream.reset();
  };
  callbacks.on_tool_call = [&](const ToolCall&) { ++events; };
  callbacks.on_done = [&](const Status&) { ++events; };
  LlmRequest request{
      .dialogue = {{.role = Message::Role::kUser, .text = "hello", .tool_calls = {}, .tool_call_id = {}}},
      .tools = {},
      .language = "en"};
  stream = brain.chat(request, io.get_executor(), callbacks);
  io.run();
  EXPECT_EQ(events, 1);
}

}  // namespace
}  // namespace earshot::worker
