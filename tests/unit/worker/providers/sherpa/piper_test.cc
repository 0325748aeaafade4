// A voice of Piper with the real library, where `deploy/models.sh add piper-en_US-joe-medium` has brought it: what it
// says is read by the recogniser of the models folder.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "common/audio/resampler.h"
#include "tests/fakes/providers/models_dir.h"
#include "tests/unit/worker/providers/sherpa/heard_words.h"
#include "worker/providers/sherpa/engine_threads.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/providers/tts/sherpa_tts.h"

namespace earshot::worker::sherpa {
namespace {

class PiperTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto models = fakes::models_dir();
    if (!models) GTEST_SKIP() << fakes::kNoModels;
    const std::string room = *models + "/piper-en_US-joe-medium/";
    if (!std::filesystem::exists(room)) GTEST_SKIP() << "needs `deploy/models.sh add piper-en_US-joe-medium`";
    settings_.model.family = &tts_families().front();
    settings_.model.files = {{"model", room + "model.onnx"}, {"tokens", room + "tokens.txt"}};
    library_ = sherpa_library(*models).value();
    asr_ = library_->load_utterance_model(moonshine_in(*models), "").value();
    auto made = make_sherpa_tts(settings_, *library_);
    ASSERT_TRUE(made.ok()) << made.error().message;
    tts_ = std::move(*made);
  }
  ~PiperTest() override {
    tts_.reset();
    EngineThreads::await_retired();
  }

  struct Said {
    std::vector<Pcm> pieces;
    std::optional<Status> done;
  };
  std::unique_ptr<TtsStream> say(Said& said, const std::string& text) {
    return tts_->synthesize({.text = text, .language = "en"}, io_.get_executor(),
                            {.on_audio = [&](Pcm pcm) { said.pieces.push_back(std::move(pcm)); },
                             .on_done = [&](Status status) { said.done = std::move(status); }});
  }
  template <class Condition>
  void run_until(Condition condition) {
    io_.restart();
    const auto work = asio::make_work_guard(io_);
    while (!condition()) io_.run_one();
  }
  std::string heard_of(const Said& said) {
    Pcm all{.samples = {}, .sample_rate_hz = said.pieces.front().sample_rate_hz};
    for (const Pcm& piece : said.pieces) {
      all.samples.insert(all.samples.end(), piece.samples.begin(), piece.samples.end());
    }
    const Pcm heard = resample(all, kSampleRateHz).value();
    std::vector<float> samples;
    for (const std::int16_t sample : heard.samples) samples.push_back(static_cast<float>(sample) / 32768);
    return asr_->decode(samples).value();
  }

  asio::io_context io_{1};
  SherpaTtsSettings settings_;
  std::shared_ptr<const SherpaLibrary> library_;
  std::shared_ptr<UtteranceModel> asr_;
  std::unique_ptr<TtsProvider> tts_;
};

TEST_F(PiperTest, SaysWhatItIsGivenSentenceBySentence) {
  const std::string text =
      "The train to the mountains leaves at seven in the morning. Please bring a warm coat, and some bread! "
      "My brother is waiting for us in the village.";
  Said said;
  const auto stream = say(said, text);
  run_until([&] { return said.done.has_value(); });
  ASSERT_TRUE(said.done->ok()) << said.done->error().message;
  EXPECT_EQ(said.pieces.size(), 3U);
  EXPECT_EQ(said.pieces.front().sample_rate_hz, 22050);
  const std::string heard = heard_of(said);
  EXPECT_GE(share_heard(text, heard), 0.9) << heard;
}

TEST_F(PiperTest, StopsBehindTheSentenceBeingMadeWhenCancelled) {
  Said said;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "This is one of many sentences. ";
  auto stream = say(said, text);
  run_until([&] { return !said.pieces.empty(); });
  stream->cancel();
  const std::size_t given = said.pieces.size();
  Said next;
  const auto after = say(next, "Good night.");
  run_until([&] { return next.done.has_value(); });
  EXPECT_EQ(said.pieces.size(), given);
  EXPECT_FALSE(said.done.has_value());
  EXPECT_TRUE(next.done->ok());
}

}  // namespace
}  // namespace earshot::worker::sherpa
