// The recogniser that understands free speech out of the box, with the real library and the real model. What it
// reads is said by flite's voice.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/fakes/providers/models_dir.h"
#include "tests/unit/worker/providers/sherpa/heard_words.h"
#include "worker/providers/asr/sherpa_asr.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/providers/tts/embedded_tts.h"

namespace earshot::worker::sherpa {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTwelveSeconds =
    "The train to the mountains leaves at seven in the morning from the old station behind the market. "
    "Please bring a warm coat and some bread because the journey is long, and we will not stop before noon. "
    "My brother is waiting for us in the village with two horses.";
constexpr const char* kFifteenSeconds =
    "Yesterday evening we walked along the river and talked about the house that my parents want to buy. "
    "It has a large kitchen with windows to the garden, and three small rooms under the roof. "
    "The price is higher than we expected, but the bank has promised to help, and the neighbors are friendly "
    "people who like music and children.";

std::vector<float> spoken(const std::string& text) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const auto voice = make_embedded_tts({}, pool).value();
  std::vector<float> samples;
  bool done = false;
  const auto stream = voice->synthesize({.text = text, .language = "en"}, io.get_executor(),
                                        {.on_audio =
                                             [&](const Pcm& pcm) {
                                               EXPECT_EQ(pcm.sample_rate_hz, kSampleRateHz);
                                               for (const std::int16_t sample : pcm.samples)
                                                 samples.push_back(static_cast<float>(sample) / 32768);
                                             },
                                         .on_done =
                                             [&](const Status& status) {
                                               EXPECT_TRUE(status.ok());
                                               done = true;
                                             }});
  const auto work = asio::make_work_guard(io);
  while (!done) io.run_one();
  pool.join();
  return samples;
}

class MoonshineTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto models = fakes::models_dir();
    if (!models) GTEST_SKIP() << fakes::kNoModels;
    models_ = *models;
    fs::create_directories(folder_);
    model_ = moonshine_in(models_);
    library_ = sherpa_library(models_).value();
  }
  ~MoonshineTest() override { fs::remove_all(folder_); }

  std::shared_ptr<UtteranceModel> loaded() const {
    EXPECT_TRUE(check_files(model_).ok());
    return library_->load_utterance_model(model_, "").value();
  }
  // What the provider that is made of the model says.
  Status made() const {
    const auto asr = make_sherpa_asr({.model = model_, .language = ""}, *library_);
    return asr ? kDone : Status(asr.error());
  }
  std::string cut_off(const std::string& key) const {
    const std::string path = folder_ + "/" + key;
    fs::copy_file(model_.file(key), path, fs::copy_options::overwrite_existing);
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
    fs::resize_file(path, fs::file_size(path) / 2);
    return path;
  }

  const std::string folder_ = testing::TempDir() + "moonshine_" + std::to_string(::getpid());
  std::string models_;
  Model model_;
  std::shared_ptr<const SherpaLibrary> library_;
};

// The series 1.13 read nothing above 9.2 s.
TEST_F(MoonshineTest, ReadsUtterancesOfTwelveAndFifteenSeconds) {
  const auto model = loaded();
  for (const auto& [text, seconds] : {std::pair{kTwelveSeconds, 12}, std::pair{kFifteenSeconds, 15}}) {
    const auto samples = spoken(text);
    ASSERT_GE(samples.size(), static_cast<std::size_t>(seconds * kSampleRateHz));
    const auto heard = model->decode(samples);
    ASSERT_TRUE(heard.ok()) << heard.error().message;
    EXPECT_GE(share_heard(text, *heard), 0.8) << *heard;
  }
}

TEST_F(MoonshineTest, ReadsTheSameOnTwoThreadsAtOnce) {
  const auto model = loaded();
  const auto samples = spoken("My brother is waiting for us in the village with two horses.");
  const std::string alone = model->decode(samples).value();
  EXPECT_GE(share_heard("my brother is waiting for us in the village", alone), 0.8) << alone;
  std::vector<std::string> heard(6);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = thread; i < heard.size(); i += 2) heard[i] = model->decode(samples).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : heard) EXPECT_EQ(text, alone);
}

TEST_F(MoonshineTest, StandsNoAudioAndOneSample) {
  const auto model = loaded();
  for (const std::size_t samples : {0U, 1U, 160U}) {
    static_cast<void>(model->decode(std::vector<float>(samples)));  // a text or an error, and no crash
  }
}

TEST_F(MoonshineTest, RefusesHalfADownload) {
  for (const char* key : {"encoder", "merged_decoder"}) {
    const Model whole = model_;
    model_.files[key] = cut_off(key);
    EXPECT_FALSE(made().ok()) << key;
    EXPECT_FALSE(library_->load_utterance_model(model_, "").ok()) << key;
    model_ = whole;
  }
}

TEST_F(MoonshineTest, RefusesAModelOfAnotherKind) {
  const std::string silero = models_ + "/silero-vad/silero_vad.onnx";
  for (const auto& [key, other] : {std::pair<const char*, std::string>{"encoder", silero},
                                   {"merged_decoder", silero},
                                   {"encoder", model_.file("merged_decoder")},
                                   {"merged_decoder", model_.file("encoder")}}) {
    const Model whole = model_;
    model_.files[key] = other;
    const Status status = made();
    ASSERT_FALSE(status.ok()) << key;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
    EXPECT_NE(status.error().message.find("is a model of another kind"), std::string::npos)
        << status.error().message;
    model_ = whole;
  }
}

TEST_F(MoonshineTest, RefusesGarbage) {
  const std::string garbage = folder_ + "/garbage";
  std::ofstream(garbage) << "\x20\x01\x01\x01ORTM" << std::string(100'000, 'x');
  for (const char* key : {"encoder", "merged_decoder", "tokens"}) {
    const Model whole = model_;
    model_.files[key] = garbage;
    EXPECT_FALSE(made().ok()) << key;
    model_ = whole;
  }
}

}  // namespace
}  // namespace earshot::worker::sherpa
