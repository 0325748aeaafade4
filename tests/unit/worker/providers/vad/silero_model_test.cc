#include "worker/providers/vad/silero_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "tests/fakes/noise_maker.h"
#include "tests/fakes/providers/models_dir.h"
#include "tests/fakes/providers/tiny_detector.h"
#include "worker/providers/neural/onnx_weights.h"

namespace earshot::worker {
namespace {

// Somebody who says vowels, from half a second on, for a second; then nothing.
std::vector<float> vowels() {
  constexpr std::size_t kWindows = 64;
  constexpr double kTurn = 2 * std::numbers::pi;
  std::vector<float> samples(kWindows * kSileroWindowSamples);
  double phase = 0;
  for (std::size_t i = 8000; i < 24'000; ++i) {
    const double t = static_cast<double>(i) / 16000;
    const double pitch_hz = 130 + 20 * std::sin(kTurn * 2 * t);
    const double low_hz = 500 + 200 * std::sin(kTurn * 1.5 * t);
    const double high_hz = 1500 + 500 * std::sin(kTurn * 1.1 * t);
    phase += kTurn * pitch_hz / 16000;
    double sum = 0;
    for (int harmonic = 1; harmonic <= 30; ++harmonic) {
      const double hz = harmonic * pitch_hz;
      const double low = (hz - low_hz) / 100;
      const double high = (hz - high_hz) / 150;
      sum += (1 / (1 + low * low) + 0.5 / (1 + high * high)) * std::sin(harmonic * phase);
    }
    samples[i] = static_cast<float>(0.15 * sum * (0.55 + 0.45 * std::sin(kTurn * 4 * t)));
  }
  return samples;
}

// What ONNX Runtime 1.28.2 says of them with silero_vad.onnx of silero-vad 6.2.3, window by window.
constexpr std::array kByOnnxRuntime = {
    0.0017F, 0.0069F, 0.0089F, 0.0079F, 0.0059F, 0.0060F, 0.0059F, 0.0056F, 0.0054F, 0.0052F, 0.0050F,
    0.0049F, 0.0047F, 0.0046F, 0.0044F, 0.0222F, 0.1281F, 0.0412F, 0.0146F, 0.0052F, 0.0057F, 0.0065F,
    0.0163F, 0.2073F, 0.3121F, 0.4702F, 0.6264F, 0.5501F, 0.7025F, 0.7853F, 0.8281F, 0.8552F, 0.9441F,
    0.9575F, 0.9801F, 0.9921F, 0.9964F, 0.9932F, 0.9977F, 0.9952F, 0.9875F, 0.9887F, 0.9838F, 0.9951F,
    0.9946F, 0.9870F, 0.9958F, 0.0252F, 0.0074F, 0.0131F, 0.0063F, 0.0033F, 0.0023F, 0.0017F, 0.0014F,
    0.0013F, 0.0013F, 0.0013F, 0.0012F, 0.0012F, 0.0012F, 0.0011F, 0.0011F, 0.0011F};

std::vector<float> judged(const SileroModel& model, std::span<const float> samples, SileroState& state) {
  std::vector<float> all;
  for (std::size_t at = 0; at + kSileroWindowSamples <= samples.size(); at += kSileroWindowSamples) {
    all.push_back(model.judge(samples.subspan(at, kSileroWindowSamples), state));
  }
  return all;
}

class SileroModelTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto models = fakes::models_dir();
    if (!models) GTEST_SKIP() << fakes::kNoModels;
    const auto file = neural::read_weights_file(*models + "/silero-vad/silero_vad.onnx");
    ASSERT_TRUE(file.ok()) << file.error().message;
    file_ = *file;
  }
  std::shared_ptr<const SileroModel> model() const { return SileroModel::from_onnx(file_).value(); }

  std::string file_;
};

TEST_F(SileroModelTest, SaysWhatTheLibraryOfItsMakersSays) {
  SileroState state;
  const auto all = judged(*model(), vowels(), state);
  ASSERT_EQ(all.size(), kByOnnxRuntime.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(all[i], kByOnnxRuntime[i], 2e-4) << i;
}

TEST_F(SileroModelTest, KeepsItsStreamsApart) {
  const auto silero = model();
  const auto voice = vowels();
  const Pcm room = earshot::fakes::room_sound(earshot::fakes::RoomSound::kMotor, 3, 1);
  std::vector<float> noise;
  for (const std::int16_t sample : room.samples) noise.push_back(static_cast<float>(sample) / 32768.0F);
  SileroState alone;
  const auto expected = judged(*silero, voice, alone);
  SileroState one;
  SileroState other;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::size_t at = i * kSileroWindowSamples;
    EXPECT_EQ(silero->judge(std::span(voice).subspan(at, kSileroWindowSamples), one), expected[i]) << i;
    silero->judge(std::span(noise).subspan(at, kSileroWindowSamples), other);
  }
}

TEST_F(SileroModelTest, StaysAProbabilityForTheLoudestSound) {
  const auto silero = model();
  std::mt19937 random(1);
  std::uniform_real_distribution<float> loud(-1, 1);
  std::vector<float> samples(40 * kSileroWindowSamples);
  std::ranges::generate(samples, [&] { return loud(random) < 0 ? -1.0F : 1.0F; });
  SileroState state;
  for (const float probability : judged(*silero, samples, state)) {
    EXPECT_GE(probability, 0);
    EXPECT_LE(probability, 1);
  }
}

TEST_F(SileroModelTest, RefusesAFileThatIsCutOffAnywhere) {
  for (std::size_t size = 0; size < file_.size(); size += 40'009) {
    const auto cut = SileroModel::from_onnx(std::string_view(file_).substr(0, size));
    ASSERT_FALSE(cut.ok()) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kInvalid);
  }
}

TEST_F(SileroModelTest, TakesAFileWithWrongBytesForAnErrorOrForNumbers) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    std::string damaged = file_;
    for (int i = 0; i < 50; ++i) damaged[random() % 20'000] = static_cast<char>(random());
    for (int i = 0; i < 50; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto loaded = SileroModel::from_onnx(damaged);
    if (!loaded) continue;
    SileroState state;
    const std::vector<float> silence(kSileroWindowSamples);
    (*loaded)->judge(silence, state);
  }
}

TEST_F(SileroModelTest, RefusesWeightsThatAreNoNumbers) {
  const auto graphs = neural::read_onnx(file_).value();
  const auto graph = std::ranges::find_if(graphs, [](const auto& one) {
    return one.has("encoder.0.reparam_conv.weight", {128, 129, 3});
  });
  ASSERT_NE(graph, graphs.end());
  const auto weights = graph->tensor("encoder.0.reparam_conv.weight", {128, 129, 3}).value();
  std::string bytes(weights.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), weights.data(), bytes.size());
  const std::size_t at = file_.find(bytes);
  ASSERT_NE(at, std::string::npos);
  const float nothing = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(file_.data() + at + 400, &nothing, sizeof nothing);
  const auto loaded = SileroModel::from_onnx(file_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("no numbers"), std::string::npos) << loaded.error().message;
}

TEST(SileroFile, RefusesWhatIsNoModelAndAnotherModel) {
  EXPECT_EQ(SileroModel::from_onnx("").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(SileroModel::from_onnx("<html>404</html>").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(SileroModel::from_onnx(std::string(100'000, '\0')).error().code, ErrorCode::kInvalid);
  const auto other = SileroModel::from_onnx(
      {reinterpret_cast<const char*>(fakes::kTinyDetector.data()), fakes::kTinyDetector.size()});
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message.find("not Silero"), std::string::npos) << other.error().message;
}

TEST(SileroFile, NamesTheFileThatIsMissingOrTooLarge) {
  const std::string folder = testing::TempDir() + "silero_file_" + std::to_string(::getpid());
  std::filesystem::create_directories(folder + "/silero-vad");
  const std::string path = folder + "/silero-vad/silero_vad.onnx";
  EXPECT_EQ(SileroModel::load(folder).error().code, ErrorCode::kNotFound);
  EXPECT_NE(SileroModel::load(folder).error().message.find(path), std::string::npos);
  std::ofstream(path) << "x";
  EXPECT_EQ(SileroModel::load(folder).error().code, ErrorCode::kInvalid);
  EXPECT_NE(SileroModel::load(folder).error().message.find(path), std::string::npos);
  std::filesystem::resize_file(path, neural::kMaxWeightsBytes + 1);
  EXPECT_EQ(SileroModel::load(folder).error().code, ErrorCode::kTooLarge);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace earshot::worker
