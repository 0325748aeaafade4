// The encoder on synthetic voices, each with several sentences. Those that hear need its weights.
#include "worker/providers/voiceprint/voiceprint_encoder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/fakes/noise_maker.h"
#include "tests/fakes/providers/models_dir.h"
#include "tests/fakes/speech_maker.h"

namespace earshot::worker {
namespace {

using earshot::fakes::heard_through_device;
using earshot::fakes::say;
using earshot::fakes::Speaker;

constexpr const char* kWeightsFile = "/voiceprint/encoder.f32";
constexpr const char* kFirst = "we went down to the river in the morning and looked for the boat";
constexpr const char* kSecond = "could you please tell me how warm it will be tomorrow afternoon";
constexpr const char* kThird = "my brother has a garden with seven apple trees behind the house";

class VoiceprintEncoderTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto models = fakes::models_dir();
    if (!models || !std::filesystem::exists(*models + kWeightsFile)) GTEST_SKIP() << fakes::kNoModels;
    auto loaded = load_voiceprint_encoder(*models);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    encoder_ = std::move(*loaded);
  }
  Voiceprint print(Speaker speaker, const std::string& text) const {
    return encoder_->embed(heard_through_device(say(speaker, text)).samples).value();
  }

  std::unique_ptr<VoiceprintEngine> encoder_;
};

TEST_F(VoiceprintEncoderTest, KnowsAVoiceByOtherWords) {
  const std::array voices{Speaker::kSlt, Speaker::kRms, Speaker::kEspeakUs};
  std::vector<Voiceprint> enrolled;
  for (const Speaker speaker : voices) {
    const std::vector<Voiceprint> sentences{print(speaker, kFirst), print(speaker, kSecond)};
    const auto known = enrol(sentences);
    ASSERT_TRUE(known.ok()) << known.error().message;
    enrolled.push_back(*known);
  }
  for (std::size_t i = 0; i < voices.size(); ++i) {
    const Voiceprint heard = print(voices[i], kThird);
    const auto match = identify(enrolled, heard);
    ASSERT_TRUE(match) << name(voices[i]);
    EXPECT_EQ(match->index, i) << name(voices[i]);
    for (std::size_t other = 0; other < voices.size(); ++other) {
      EXPECT_EQ(verify(enrolled[other], heard), other == i)
          << name(voices[i]) << " as " << name(voices[other]) << " " << similarity(enrolled[other], heard);
    }
  }
}

TEST_F(VoiceprintEncoderTest, DoesNotMindSilenceAndLoudness) {
  const Pcm voice = say(Speaker::kRms, kFirst);
  const Voiceprint plain = encoder_->embed(voice.samples).value();
  const auto quiet =
      heard_through_device(voice, {.silence_before_ms = 4000, .silence_after_ms = 4000, .gain = 0.2});
  EXPECT_GT(similarity(encoder_->embed(quiet.samples).value(), plain), 0.8);
}

TEST_F(VoiceprintEncoderTest, RefusesTooLittleSpeech) {
  EXPECT_EQ(encoder_->embed({}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(encoder_->embed(std::vector<std::int16_t>(160'000)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(encoder_->embed(std::vector<std::int16_t>(160'000, 3)).error().code, ErrorCode::kInvalid);
  Pcm voice = say(Speaker::kRms, kFirst);
  voice.samples.resize(10'000);
  const auto brief = encoder_->embed(voice.samples);
  ASSERT_FALSE(brief.ok());
  EXPECT_NE(brief.error().message.find("too little speech"), std::string::npos);
}

TEST_F(VoiceprintEncoderTest, GivesNumbersForTheLoudestSound) {
  std::vector<std::int16_t> square(48'000);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 40 % 2 == 0 ? 32'767 : -32'768;
  const auto print = encoder_->embed(square);
  ASSERT_TRUE(print.ok()) << print.error().message;
  EXPECT_NEAR(similarity(*print, *print), 1, 1e-4);
}

TEST_F(VoiceprintEncoderTest, LooksAtABoundedPartOfALongRecording) {
  const Pcm voice = say(Speaker::kRms, kFirst);
  const Pcm other = say(Speaker::kSlt, kSecond);
  std::vector<std::int16_t> all;
  while (all.size() < 16'000 * 60) all.insert(all.end(), voice.samples.begin(), voice.samples.end());
  const Voiceprint minute = encoder_->embed(all).value();
  while (all.size() < 16'000 * 600) all.insert(all.end(), other.samples.begin(), other.samples.end());
  EXPECT_EQ(encoder_->embed(all).value(), minute);  // ten minutes
}

class VoiceprintWeights : public testing::Test {
 protected:
  VoiceprintWeights() { std::filesystem::create_directories(folder_ + "/voiceprint"); }
  ~VoiceprintWeights() override { std::filesystem::remove_all(folder_); }
  ErrorCode error() const {
    const auto loaded = load_voiceprint_encoder(folder_);
    EXPECT_FALSE(loaded.ok());
    return loaded ? ErrorCode::kInternal : loaded.error().code;
  }
  std::string path() const { return folder_ + kWeightsFile; }

  const std::string folder_ = testing::TempDir() + "voiceprint_" + std::to_string(::getpid());
};

TEST_F(VoiceprintWeights, AreRefusedWhenTheyAreNotThere) {
  EXPECT_EQ(error(), ErrorCode::kNotFound);
}

TEST_F(VoiceprintWeights, AreRefusedWithAnotherLength) {
  std::ofstream(path()) << "<html>404</html>";
  for (const std::size_t size : {std::size_t{0}, kVoiceprintWeightsBytes - 1, kVoiceprintWeightsBytes / 2,
                                 kVoiceprintWeightsBytes + 4}) {
    std::filesystem::resize_file(path(), size);
    EXPECT_EQ(error(), ErrorCode::kInvalid) << size;
  }
  std::filesystem::resize_file(path(), std::size_t{1} << 30U);
  EXPECT_EQ(error(), ErrorCode::kTooLarge);
}

TEST_F(VoiceprintWeights, AreRefusedWhenOneIsNoNumber) {
  for (const float wrong :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::string bytes(kVoiceprintWeightsBytes, '\0');
    std::memcpy(bytes.data() + kVoiceprintWeightsBytes - 400, &wrong, sizeof wrong);
    std::ofstream(path(), std::ios::binary) << bytes;
    EXPECT_EQ(error(), ErrorCode::kInvalid);
  }
}

TEST_F(VoiceprintWeights, OfZeroAndOfHugeNumbersGiveNoVoiceprint) {
  const Pcm voice = say(Speaker::kRms, kFirst);
  for (const float weight : {0.0F, 1e38F}) {
    const std::vector<float> weights(kVoiceprintWeightsBytes / sizeof(float), weight);
    std::ofstream(path(), std::ios::binary)
        .write(reinterpret_cast<const char*>(weights.data()), kVoiceprintWeightsBytes);
    const auto encoder = load_voiceprint_encoder(folder_);
    ASSERT_TRUE(encoder.ok());
    EXPECT_FALSE((*encoder)->embed(voice.samples).ok()) << weight;
  }
}

}  // namespace
}  // namespace earshot::worker
