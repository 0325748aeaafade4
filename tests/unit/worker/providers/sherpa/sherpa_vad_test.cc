#include "worker/providers/vad/sherpa_vad.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/providers/sherpa_fake.h"

namespace earshot::worker {
namespace {

class LocalVad final : public VadProvider {
 public:
  explicit LocalVad(int& made) : made_(made) {}
  std::unique_ptr<Vad> create() override {
    ++made_;
    return std::make_unique<Deaf>();
  }

 private:
  struct Deaf final : Vad {
    bool is_speech(std::span<const std::int16_t> /*frame*/) override { return false; }
    void reset() override {}
  };
  int& made_;
};

class SherpaVadTest : public testing::Test {
 protected:
  SherpaVadTest() {
    std::filesystem::create_directories(folder_);
    settings_.model = fakes::model_in(folder_, sherpa::vad_families(), "silero");
    settings_.detectors = 2;
    settings_.threshold = 0.25;
  }
  ~SherpaVadTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<VadProvider> provider() {
    auto made = make_sherpa_vad(settings_, library_, std::make_unique<LocalVad>(local_made_));
    return std::move(made).value();
  }
  // The verdicts on `frames` frames of one amplitude, "1" for speech.
  static std::string hear(Vad& vad, std::int16_t amplitude, int frames) {
    const std::vector<std::int16_t> frame(kVadFrameSamples, amplitude);
    std::string verdicts;
    for (int i = 0; i < frames; ++i) verdicts += vad.is_speech(frame) ? '1' : '0';
    return verdicts;
  }

  const std::string folder_ = testing::TempDir() + "sherpa_vad_" + std::to_string(::getpid());
  fakes::SherpaScript script_;
  fakes::SherpaFake library_{script_};
  SherpaVadSettings settings_;
  int local_made_ = 0;
};

TEST_F(SherpaVadTest, JudgesWindowsAsSoonAsTheyAreFull) {
  const auto vad = provider()->create();
  // 320 samples a frame, 512 a window: verdicts come with frames 2, 4, 5, 7 and 8.
  EXPECT_EQ(hear(*vad, 16000, 3), "011");
  EXPECT_EQ(hear(*vad, 0, 1), "1");  // the window is still mostly loud
  EXPECT_EQ(hear(*vad, 0, 4), "0000");
  EXPECT_EQ(script_.inferences, 5);
}

TEST_F(SherpaVadTest, ForgetsTheUnfinishedWindowWhenReset) {
  const auto vad = provider()->create();
  hear(*vad, 16000, 3);
  vad->reset();
  EXPECT_EQ(hear(*vad, 0, 1), "0");
  EXPECT_EQ(script_.inferences, 1);
  EXPECT_EQ(script_.detector_resets, 1);
}

TEST_F(SherpaVadTest, StartsAfreshAfterTenSecondsOfSpeechSoThatTheLibraryKeepsNoMore) {
  const auto vad = provider()->create();
  hear(*vad, 16000, 499);
  EXPECT_EQ(script_.detector_resets, 0);
  hear(*vad, 16000, 2);
  EXPECT_EQ(script_.detector_resets, 1);
}

TEST_F(SherpaVadTest, LendsEachDetectorToOneConversationAndTheEmbeddedOneToTheRest) {
  const auto vads = provider();
  auto first = vads->create();
  const auto second = vads->create();
  EXPECT_EQ(local_made_, 0);
  const auto third = vads->create();
  EXPECT_EQ(local_made_, 1);
  first.reset();
  const auto fourth = vads->create();
  EXPECT_EQ(local_made_, 1);
  EXPECT_EQ(script_.detectors, 2);
  EXPECT_EQ(script_.detector_resets, 1) << "the next conversation must not hear the last one's";
}

TEST_F(SherpaVadTest, OutlivesItsProvider) {
  auto vads = provider();
  const auto vad = vads->create();
  vads.reset();
  EXPECT_EQ(hear(*vad, 16000, 2), "01");
}

TEST_F(SherpaVadTest, IsRefusedWhenTheModelIsMissingOrBroken) {
  script_.load_failure = Error{ErrorCode::kInternal, "broken"};
  EXPECT_EQ(make_sherpa_vad(settings_, library_, nullptr).error().message, "broken");
  settings_.model.files["model"] = folder_ + "/nowhere.onnx";
  EXPECT_EQ(make_sherpa_vad(settings_, library_, nullptr).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::worker
