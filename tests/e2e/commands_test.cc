// Real speech through real Opus, UDP, broker, gateway and worker: each spoken command is checked at the
// device. What is spoken to the embedded recogniser here is what it is sure of: `earshot-bench-recogniser`
// says which sentence in which voice that is, and how often it fails on others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "common/audio/wav.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Command {
  std::string say;
  std::string tool_call;  // that the device must see; empty: the command needs no device tool
  std::string reply;      // a part of the spoken answer
};

// In this order in one conversation: relative commands build on the values before them.
const std::vector<Command>& commands() {
  static const std::vector<Command> all{
      {"set the volume to fifty percent", R"(self.audio_speaker.set_volume{"volume":50})", "50 percent"},
      {"turn the volume up", R"(self.audio_speaker.set_volume{"volume":60})", "60 percent"},
      {"turn the volume down", R"(self.audio_speaker.set_volume{"volume":50})", "50 percent"},
      {"mute the sound", R"(self.audio_speaker.set_volume{"volume":0})", "off"},
      {"set the volume to eighty", R"(self.audio_speaker.set_volume{"volume":80})", "80 percent"},
      {"set the brightness to thirty percent", R"(self.screen.set_brightness{"brightness":30})",
       "30 percent"},
      {"set the theme to dark", R"(self.screen.set_theme{"theme":"dark"})", "dark"},
      {"use the light theme", R"(self.screen.set_theme{"theme":"light"})", "light"},
      {"how much battery is left", "self.get_device_status", "battery"},
      {"what is the network status", "self.get_device_status", "connected"},
      {"what time is it", "", "It is"},
      {"what is the date", "", "Today is"},
      {"what can you do", "", "change the volume"},
      {"hello", "", "Hello"},
  };
  return all;
}

std::vector<std::string> spoken(const std::vector<Command>& list, std::vector<std::string> arguments) {
  for (const auto& command : list) {
    arguments.emplace_back("--say");
    arguments.push_back(command.say);
  }
  return arguments;
}

// Audible: the reply holds more than near silence. RMS of 100 is about -50 dB of full scale.
bool audible(const std::string& wav) {
  const auto clip = read_wav_file(wav);
  if (!clip.ok() || clip->samples.empty()) return false;
  double energy = 0;
  for (const auto sample : clip->samples) energy += static_cast<double>(sample) * sample;
  return energy / static_cast<double>(clip->samples.size()) > 100.0 * 100.0;
}

void expect_good(const SimResult& result, const std::string& wav) {
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.number("frames_cut"), 0) << result.told;
  EXPECT_TRUE(audible(wav)) << wav;
}

void expect_commands_done(const std::vector<Command>& list, const SimResult& result) {
  const auto replies = result.replies();
  const auto calls = result.tool_calls();
  ASSERT_EQ(result.transcripts().size(), list.size()) << result.told;
  ASSERT_EQ(replies.size(), list.size()) << result.told;
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(result.transcripts()[i], list[i].say);
    EXPECT_THAT(replies[i], HasSubstr(list[i].reply)) << "to: " << list[i].say;
    if (!list[i].tool_call.empty()) {
      EXPECT_THAT(calls, Contains(StartsWith(list[i].tool_call))) << list[i].say;
    }
  }
}

using VoiceAndMode = std::tuple<const char*, const char*>;
class SpokenCommandsTest : public testing::TestWithParam<VoiceAndMode> {};

TEST_P(SpokenCommandsTest, EachIsUnderstoodDoneAndAnswered) {
  const auto& [voice, mode] = GetParam();
  System system;
  SimRun run(system, spoken(commands(), {"--voice", voice, "--mode", mode, "--timeout", "170"}));
  const SimResult result = run.finish();
  expect_good(result, run.reply_wav());
  expect_commands_done(commands(), result);
  EXPECT_EQ(result.volume(), 80);
  EXPECT_EQ(result.brightness(), 30);
}

INSTANTIATE_TEST_SUITE_P(VoicesAndModes, SpokenCommandsTest,
                         testing::Values(VoiceAndMode{"slt", "auto"}, VoiceAndMode{"slt", "manual"},
                                         VoiceAndMode{"slt", "realtime"}, VoiceAndMode{"kal16", "auto"},
                                         VoiceAndMode{"kal16", "manual"}, VoiceAndMode{"espeak-us", "auto"},
                                         VoiceAndMode{"espeak-us", "manual"}),
                         [](const auto& tested) {
                           std::string name =
                               std::get<0>(tested.param) + std::string("_") + std::get<1>(tested.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

class ListeningModesTest : public testing::TestWithParam<const char*> {};

TEST_P(ListeningModesTest, ACommandAQuestionAndAGoodbyeAreServed) {
  System system;
  const std::vector<Command> few{
      {"set the volume to twenty percent", R"(self.audio_speaker.set_volume{"volume":20})", "20 percent"},
      {"what time is it", "", "It is"},
      {"turn the volume up", R"(self.audio_speaker.set_volume{"volume":30})", "30 percent"},
      {"good bye", "", "bye"},
  };
  SimRun run(system, spoken(few, {"--mode", GetParam()}));
  const SimResult result = run.finish();
  expect_good(result, run.reply_wav());
  expect_commands_done(few, result);
  EXPECT_EQ(result.volume(), 30);
}

INSTANTIATE_TEST_SUITE_P(Modes, ListeningModesTest, testing::Values("auto", "manual", "realtime"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(ConversationTest, WhatIsNotUnderstoodIsSaidSoAndTheDeviceListensAgain) {
  System system;
  SimRun run(system,
             {"--say", "the quick brown fox jumps over the lazy dog", "--say", "set the volume to forty"});
  const SimResult result = run.finish();
  expect_good(result, run.reply_wav());
  ASSERT_EQ(result.replies().size(), 2U) << result.told;
  EXPECT_THAT(result.replies()[0], HasSubstr("not understand"));
  EXPECT_EQ(result.volume(), 40) << result.told;
  EXPECT_EQ(result.tool_calls().size(), 1U) << "an unintelligible sentence called a tool\n" << result.told;
}

TEST(ConversationTest, ADeviceWithoutAToolIsToldSo) {
  const ScriptedHearing hearing({"set the volume to fifty percent"});
  System system({.worker_config = hearing.worker_config()});
  SimRun run(system, {"--no-tools", "--say", "set the volume to fifty percent"});
  const SimResult result = run.finish();
  expect_good(result, run.reply_wav());
  EXPECT_THAT(result.replies(), Contains(HasSubstr("can not change the volume"))) << result.told;
  EXPECT_THAT(result.tool_calls(), IsEmpty());
}

TEST(ConversationTest, AGoodbyeBeforeTheLastTurnIsNoSuccess) {
  System system;
  const SimResult result = talk(system, {"--text", "good bye", "--text", "what time is it"});
  EXPECT_EQ(result.exit_code, 1) << result.told;
  EXPECT_EQ(json::find_bool(result.summary, "ok"), false);
  EXPECT_EQ(json::find_string(result.summary, "failure"), "the server ended the session after 1 of 2 turns");
}

TEST(ConversationTest, TypedTextIsAnswered) {
  System system;
  const SimResult result = talk(system, {"--text", "Set the volume to 35%."});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.volume(), 35) << result.told;
}

}  // namespace
}  // namespace earshot::e2e
