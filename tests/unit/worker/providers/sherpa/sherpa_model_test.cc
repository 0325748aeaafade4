#include "worker/providers/sherpa/sherpa_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/providers/sherpa_fake.h"

namespace earshot::worker::sherpa {
namespace {

Model read(const std::string& yaml, const std::vector<Family>& families) {
  ConfigReader reader = ConfigReader::parse(yaml, "worker.yaml");
  ConfigSection root = reader.root();
  Model model = read_model(root, families);
  reader.finish();
  return model;
}

std::string problems_of(const std::string& yaml, const std::vector<Family>& families) {
  try {
    read(yaml, families);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(SherpaModel, IsReadWithTheFilesOfItsFamily) {
  const Model model =
      read("{family: whisper, encoder: /m/e.onnx, decoder: /m/d.onnx, tokens: /m/t.txt, threads: 2}",
           asr_families());
  EXPECT_EQ(model.family->name, "whisper");
  EXPECT_STREQ(model.file("encoder"), "/m/e.onnx");
  EXPECT_STREQ(model.file("joiner"), "");
  EXPECT_EQ(model.threads, 2);
}

TEST(SherpaModel, NamesEveryFileThatIsMissing) {
  const std::string problems =
      problems_of("{family: streaming_transducer, encoder: /m/e.onnx}", asr_families());
  EXPECT_EQ(problems.find("encoder"), std::string::npos) << problems;
  for (const char* key : {"decoder", "joiner", "tokens"}) {
    EXPECT_NE(problems.find(key), std::string::npos) << problems;
  }
}

TEST(SherpaModel, OfMoonshineIsTwoPartsAndTokens) {
  const Model model = read(
      "{family: moonshine, encoder: /m/e.ort, merged_decoder: /m/d.ort, tokens: /m/t.txt}", asr_families());
  EXPECT_STREQ(model.file("merged_decoder"), "/m/d.ort");
  EXPECT_FALSE(model.family->streaming);
  EXPECT_NE(problems_of("{family: moonshine, encoder: /m/e.ort, tokens: /m/t.txt}", asr_families()), "");
}

TEST(SherpaModel, KnowsNoFolderOfPhonemeData) {
  EXPECT_NE(problems_of("{family: vits, model: /m, tokens: /t, data_dir: /d}", tts_families()), "");
}

TEST(SherpaModel, RefusesFilesOfAnotherFamilyAndUnknownFamilies) {
  EXPECT_NE(problems_of("{family: sense_voice, model: /m, tokens: /t, joiner: /j}", asr_families()), "");
  EXPECT_NE(problems_of("{family: vosk, model: /m, tokens: /t}", asr_families()), "");
}

class SherpaModelFiles : public testing::Test {
 protected:
  SherpaModelFiles() { std::filesystem::create_directories(folder_); }
  ~SherpaModelFiles() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ = testing::TempDir() + "sherpa_model_files_" + std::to_string(::getpid());
  Model model_ =
      fakes::model_in((std::filesystem::create_directories(folder_), folder_), tts_families(), "kokoro");
};

TEST_F(SherpaModelFiles, AreFoundWhenAllAreThere) {
  EXPECT_TRUE(check_files(model_).ok());
}

TEST_F(SherpaModelFiles, AreNamedWhenOneIsNotThere) {
  model_.files["voices"] = folder_ + "/nowhere.bin";
  const auto usable = check_files(model_);
  ASSERT_FALSE(usable.ok());
  EXPECT_EQ(usable.error().code, ErrorCode::kNotFound);
  EXPECT_NE(usable.error().message.find("voices: '" + folder_ + "/nowhere.bin' does not exist"),
            std::string::npos)
      << usable.error().message;
}

TEST_F(SherpaModelFiles, AreNeitherFoldersNorEmpty) {
  model_.files["model"] = folder_;
  EXPECT_FALSE(check_files(model_).ok());
  std::ofstream(folder_ + "/empty").flush();
  model_.files["model"] = folder_ + "/empty";
  EXPECT_FALSE(check_files(model_).ok());
}

TEST_F(SherpaModelFiles, AreOfTheirKind) {
  std::ofstream(folder_ + "/page.html") << "<html>404</html>";
  model_.files["model"] = folder_ + "/page.html";
  EXPECT_EQ(check_files(model_).error().code, ErrorCode::kInvalid);
  std::ofstream(folder_ + "/other.onnx", std::ios::binary) << fakes::onnx_with_inputs("input sr");
  model_.files["model"] = folder_ + "/other.onnx";
  EXPECT_NE(check_files(model_).error().message.find("is a model of another kind: it has no 'sample_rate'"),
            std::string::npos)
      << check_files(model_).error().message;
  model_ = fakes::model_in(folder_, tts_families(), "kokoro");
  model_.files["tokens"] = folder_ + "/page.html";
  std::ofstream(folder_ + "/page.html") << "a 0\nthis is no token\n";
  EXPECT_NE(check_files(model_).error().message.find("line 2 is not a symbol and a number"),
            std::string::npos)
      << check_files(model_).error().message;
}

TEST_F(SherpaModelFiles, MayBeAListWhereTheLibraryTakesOne) {
  model_.files["lexicon"] = model_.files["tokens"] + "," + model_.files["voices"];
  EXPECT_TRUE(check_files(model_).ok());
  model_.files["lexicon"] += "," + folder_ + "/nowhere.txt";
  EXPECT_FALSE(check_files(model_).ok());
}

}  // namespace
}  // namespace earshot::worker::sherpa
