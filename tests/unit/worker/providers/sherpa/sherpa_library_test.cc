// The library itself, where the models folder is found; and what is said about every folder that is of no use.
#include "worker/providers/sherpa/sherpa_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/providers/models_dir.h"
#include "tests/fakes/providers/sherpa_fake.h"
#include "tests/fakes/providers/tiny_detector.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::worker::sherpa {
namespace {

namespace fs = std::filesystem;

class SherpaLibraryTest : public testing::Test {
 protected:
  SherpaLibraryTest() { fs::create_directories(folder_ + "/lib"); }
  ~SherpaLibraryTest() override { fs::remove_all(folder_); }

  // A library that tells this release, and one beside it in place of onnxruntime.
  void install(const std::string& release) const {
    for (const char* name : {"libsherpa-onnx-c-api.so", "libonnxruntime.so"}) {
      fs::copy_file(OTHER_SHERPA_DIR "/" + release + "/libsherpa-onnx-c-api.so", folder_ + "/lib/" + name,
                    fs::copy_options::overwrite_existing);
    }
  }
  Error error() const {
    const auto library = sherpa_library(folder_);
    return library ? Error{} : library.error();
  }

  const std::string folder_ = testing::TempDir() + "sherpa_library_" + std::to_string(::getpid());
};

TEST_F(SherpaLibraryTest, TellsHowToGetItWhenThereIsNone) {
  const auto none = sherpa_library("");
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(none.error().message.find("models_dir"), std::string::npos);
  for (const std::string& message : {none.error().message, error().message}) {
    EXPECT_NE(message.find("deploy/models.sh"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
  EXPECT_EQ(error().code, ErrorCode::kNotFound);

  VadSettings settings;
  settings.selected = "silero";
  settings.chosen = SherpaVadSettings{.model = fakes::model_in(folder_, vad_families(), "silero")};
  EXPECT_EQ(make_vad(settings, "").error().message, none.error().message);
}

TEST_F(SherpaLibraryTest, RefusesAnotherReleaseByItsNumber) {
  install("1.13.4");
  EXPECT_EQ(error().code, ErrorCode::kUnavailable);
  EXPECT_NE(error().message.find("is release 1.13.4"), std::string::npos) << error().message;
}

TEST_F(SherpaLibraryTest, NamesAFunctionThatIsMissing) {
  install("2.0.9");
  EXPECT_NE(error().message.find("lacks SherpaOnnxCreateVoiceActivityDetector"), std::string::npos)
      << error().message;
}

TEST_F(SherpaLibraryTest, RefusesWhatIsNoLibraryAndWhatIsCutOff) {
  const std::string engine = folder_ + "/lib/libsherpa-onnx-c-api.so";
  const std::string runtime = folder_ + "/lib/libonnxruntime.so";
  for (const std::string& broken : {engine, runtime}) {
    install("2.0.9");
    std::ofstream(broken) << "<html>404</html>";
    EXPECT_NE(error().message.find("'" + broken + "' is no library"), std::string::npos) << error().message;
    install("2.0.9");
    fs::resize_file(broken, fs::file_size(broken) / 2);
    EXPECT_NE(error().message.find("'" + broken + "' is cut off"), std::string::npos) << error().message;
    fs::remove(broken);
    EXPECT_EQ(error().code, ErrorCode::kNotFound);
  }
}

TEST_F(SherpaLibraryTest, RefusesALibraryOfAnotherProcessor) {
  install("2.0.9");
  std::fstream engine(folder_ + "/lib/libsherpa-onnx-c-api.so",
                      std::ios::in | std::ios::out | std::ios::binary);
  engine.seekp(18);  // e_machine
  engine.write("\x08\x00", 2);
  engine.close();
  EXPECT_EQ(error().code, ErrorCode::kUnavailable);
}

TEST_F(SherpaLibraryTest, HearsWithARealModelOfOneWindow) {
  const auto models = fakes::models_dir();
  if (!models) GTEST_SKIP() << fakes::kNoModels;
  VadSettings settings;
  settings.selected = "silero";
  settings.chosen = SherpaVadSettings{.model = fakes::model_in(folder_, vad_families(), "silero")};
  std::ofstream(settings.chosen->model.file("model"), std::ios::binary)
      .write(reinterpret_cast<const char*>(fakes::kTinyDetector.data()), fakes::kTinyDetector.size());
  const auto vads = make_vad(settings, *models);
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
