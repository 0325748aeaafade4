// Silero on synthetic speech and on rooms in which nobody speaks. Those that hear need the model itself.
#include "worker/providers/vad/silero_vad.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/fakes/noise_maker.h"
#include "tests/fakes/providers/models_dir.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/vad/embedded_vad.h"
#include "worker/providers/vad/silero_model.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::worker {
namespace {

using earshot::fakes::heard_through_device;
using earshot::fakes::RoomSound;
using earshot::fakes::say;
using earshot::fakes::Speaker;

constexpr const char* kNoSilero =
    "no silero-vad: fetch it with deploy/models.sh, or set EARSHOT_MODELS_DIR to a folder that has it";
constexpr const char* kSileroFile = "silero-vad/silero_vad.onnx";

// "1" for each frame that is speech.
std::string verdicts(Vad& vad, const Pcm& pcm) {
  std::string all;
  for (std::size_t at = 0; at + kVadFrameSamples <= pcm.samples.size(); at += kVadFrameSamples) {
    all += vad.is_speech(std::span(pcm.samples).subspan(at, kVadFrameSamples)) ? '1' : '0';
  }
  return all;
}

double share(std::string_view verdicts) {
  return verdicts.empty()
             ? 0
             : static_cast<double>(std::ranges::count(verdicts, '1')) / static_cast<double>(verdicts.size());
}

class SileroTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto models = fakes::models_dir();
    if (!models || !std::filesystem::exists(*models + "/" + kSileroFile)) GTEST_SKIP() << kNoSilero;
    models_ = *models;
    auto model = SileroModel::load(models_);
    ASSERT_TRUE(model.ok()) << model.error().message;
    model_ = std::move(*model);
  }
  std::unique_ptr<VadProvider> provider(int detectors = 10) const {
    return make_silero_vad(model_, detectors, make_embedded_vad({}).value());
  }

  std::string models_;
  std::shared_ptr<const SileroModel> model_;
};

TEST_F(SileroTest, ForgetsTheLastListeningWhenReset) {
  const Pcm spoken = say(Speaker::kSlt, "hello there");
  const auto vad = provider()->create();
  const std::string first = verdicts(*vad, spoken);
  vad->is_speech(std::vector<std::int16_t>(kVadFrameSamples, 9000));
  vad->reset();
  EXPECT_EQ(verdicts(*vad, spoken), first);
  EXPECT_GT(share(first), 0.4);
}

TEST_F(SileroTest, HearsNobodyInTenKindsOfNoise) {
  for (const RoomSound sound : earshot::fakes::kRoomSounds) {
    for (const double peak : {1000.0, 12'000.0}) {
      const Pcm room = earshot::fakes::room_sound(sound, 10, 7, peak);
      EXPECT_EQ(share(verdicts(*provider()->create(), room)), 0) << name(sound) << " at " << peak;
    }
  }
}

TEST_F(SileroTest, HearsEachVoiceAndItsEnd) {
  for (const Speaker speaker : {Speaker::kSlt, Speaker::kRms, Speaker::kAwb, Speaker::kEspeakUs}) {
    const Pcm voice = say(speaker, "what is the weather like in the mountains today");
    const Pcm heard = heard_through_device(voice, {.silence_before_ms = 1000, .silence_after_ms = 1500});
    const std::string all = verdicts(*provider()->create(), heard);
    const std::size_t begins = 1000 / kVadFrameMs;
    const std::size_t ends = begins + voice.samples.size() / kVadFrameSamples;
    EXPECT_GT(share(std::string_view(all).substr(begins, ends - begins)), 0.7) << name(speaker);
    EXPECT_EQ(share(std::string_view(all).substr(0, begins)), 0) << name(speaker);
    // Silero lets go of a voice within a fifth of a second.
    EXPECT_EQ(share(std::string_view(all).substr(ends + 10)), 0) << name(speaker);
  }
}

TEST_F(SileroTest, HearsSoManyAndLeavesTheRestToTheEmbeddedOne) {
  const auto vads = provider(2);
  const Pcm tone = earshot::fakes::room_sound(RoomSound::kTone, 3, 1);
  const std::string embedded = verdicts(*make_embedded_vad({}).value()->create(), tone);
  ASSERT_GT(share(embedded), 0.2);  // which tells the two apart
  const auto first = vads->create();
  auto second = vads->create();
  const auto third = vads->create();
  EXPECT_EQ(share(verdicts(*first, tone)), 0);
  EXPECT_EQ(share(verdicts(*second, tone)), 0);
  EXPECT_EQ(verdicts(*third, tone), embedded);
  second.reset();
  EXPECT_EQ(share(verdicts(*vads->create(), tone)), 0);
}

TEST_F(SileroTest, IsTheLocalDetectorWhereTheModelsAre) {
  const Pcm tone = earshot::fakes::room_sound(RoomSound::kTone, 3, 1);
  EXPECT_EQ(share(verdicts(*make_vad({}, models_).value()->create(), tone)), 0);
}

TEST(LocalDetector, IsTheEmbeddedOneWithoutModels) {
  const std::string folder = testing::TempDir() + "no_silero_" + std::to_string(::getpid());
  std::filesystem::create_directories(folder + "/silero-vad");
  const Pcm tone = earshot::fakes::room_sound(RoomSound::kTone, 3, 1);
  const std::string embedded = verdicts(*make_embedded_vad({}).value()->create(), tone);
  const auto heard_with = [&](const std::string& models) {
    auto made = make_vad({}, models);
    EXPECT_TRUE(made.ok());
    return verdicts(*made.value()->create(), tone);
  };
  EXPECT_EQ(heard_with(""), embedded);
  EXPECT_EQ(heard_with(folder + "/nowhere"), embedded);
  EXPECT_EQ(heard_with(folder), embedded);
  std::ofstream(folder + "/" + kSileroFile) << "no model";
  EXPECT_EQ(heard_with(folder), embedded);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace earshot::worker
