// The library itself, where the build found one; the message that tells how to get it, where not.
#include "worker/providers/sherpa/sherpa_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/providers/sherpa_fake.h"
#include "tests/fakes/providers/tiny_detector.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::worker::sherpa {
namespace {

class SherpaLibraryTest : public testing::Test {
 protected:
  SherpaLibraryTest() { std::filesystem::create_directories(folder_); }
  ~SherpaLibraryTest() override { std::filesystem::remove_all(folder_); }
  const std::string folder_ = testing::TempDir() + "sherpa_library_" + std::to_string(::getpid());
};

TEST_F(SherpaLibraryTest, TellsHowToGetItWhenTheBuildHasNone) {
  const auto library = sherpa_library();
  if (library) GTEST_SKIP() << "this build has sherpa-onnx";
  EXPECT_EQ(library.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(library.error().message.find("EARSHOT_SHERPA_ONNX=ON"), std::string::npos);

  VadSettings settings;
  settings.selected = "silero";
  settings.chosen = SherpaVadSettings{.model = fakes::model_in(folder_, vad_families(), "silero")};
  EXPECT_EQ(make_vad(settings, "").error().message, library.error().message);
}

TEST_F(SherpaLibraryTest, AnswersBrokenModelsWithErrors) {
  const auto library = sherpa_library();
  if (!library) GTEST_SKIP() << "this build has no sherpa-onnx";
  const auto broken_vad = (*library)->load_detector(fakes::model_in(folder_, vad_families(), "silero"), 0.5);
  EXPECT_FALSE(broken_vad.ok());
  for (const Family& family : asr_families()) {
    const Model model = fakes::model_in(folder_, asr_families(), family.name);
    if (family.streaming) {
      EXPECT_FALSE((*library)->load_stream_model(model).ok()) << family.name;
    } else {
      EXPECT_FALSE((*library)->load_utterance_model(model, "").ok()) << family.name;
    }
  }
  for (const Family& family : tts_families()) {
    EXPECT_FALSE((*library)->load_voice(fakes::model_in(folder_, tts_families(), family.name)).ok())
        << family.name;
  }
}

TEST_F(SherpaLibraryTest, HearsWithARealModelOfOneWindow) {
  const auto library = sherpa_library();
  if (!library) GTEST_SKIP() << "this build has no sherpa-onnx";
  VadSettings settings;
  settings.selected = "silero";
  settings.chosen = SherpaVadSettings{.model = fakes::model_in(folder_, vad_families(), "silero")};
  std::ofstream(settings.chosen->model.file("model"), std::ios::binary)
      .write(reinterpret_cast<const char*>(fakes::kTinyDetector.data()), fakes::kTinyDetector.size());
  const auto vads = make_vad(settings, "");
  ASSERT_TRUE(vads.ok()) << vads.error().message;
  const auto vad = vads.value()->create();
  const auto hear = [&](std::int16_t amplitude, int frames) {
    int speech = 0;
    const std::vector<std::int16_t> frame(kVadFrameSamples, amplitude);
    for (int i = 0; i < frames; ++i) speech += vad->is_speech(frame) ? 1 : 0;
    return speech;
  };
  EXPECT_EQ(hear(30, 50), 0);
  EXPECT_GE(hear(3000, 1500), 1485) << "30 s, in which the detector starts afresh three times";
  EXPECT_LE(hear(30, 50), 5);
  hear(3000, 25);
  vad->reset();
  EXPECT_EQ(hear(30, 50), 0);
}

}  // namespace
}  // namespace earshot::worker::sherpa
