#include "bench/simulator/speech_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <regex>

#include "bench/simulator/ota_client.h"

namespace earshot::simulator {
namespace {

TEST(SpeechSource, EveryVoiceSaysASentence) {
  for (const std::string& voice : kVoices) {
    const auto clip = speak("set the volume to forty", voice);
    ASSERT_TRUE(clip) << voice;
    EXPECT_EQ(clip->sample_rate_hz, 16000) << voice;
    EXPECT_GT(clip->samples.size(), 16'000U) << voice;
    EXPECT_LT(clip->samples.size(), 64'000U) << voice;
  }
}

TEST(SpeechSource, RefusesAnUnknownVoiceNoTextAndNoFile) {
  EXPECT_EQ(speak("hello", "nobody").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(speak("  ", "slt").error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(read_speech("/nonexistent/speech.wav"));
}

TEST(SpeechSource, TrimsSilenceButLeavesTheFade) {
  Pcm clip{.samples = std::vector<std::int16_t>(16'000, 3), .sample_rate_hz = 16000};
  for (std::size_t i = 4000; i < 8000; ++i) clip.samples[i] = 5000;
  const Pcm trimmed = trim_silence(clip);
  EXPECT_EQ(trimmed.samples.size(), 4000U + 800U);
  EXPECT_EQ(trimmed.samples.front(), 5000);
}

TEST(SpeechSource, NothingIsLeftOfSilence) {
  EXPECT_TRUE(
      trim_silence({.samples = std::vector<std::int16_t>(100, 3), .sample_rate_hz = 16000}).samples.empty());
}

TEST(DeviceIdentity, IsALocalMacAndAUuidOfVersionFour) {
  const DeviceIdentity identity = make_identity(5);
  EXPECT_TRUE(std::regex_match(identity.mac, std::regex("02(:[0-9a-f]{2}){5}"))) << identity.mac;
  EXPECT_TRUE(std::regex_match(
      identity.client_id, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
      << identity.client_id;
  EXPECT_EQ(make_identity(5).mac, identity.mac);
  EXPECT_NE(make_identity(6).mac, identity.mac);
}

}  // namespace
}  // namespace earshot::simulator
