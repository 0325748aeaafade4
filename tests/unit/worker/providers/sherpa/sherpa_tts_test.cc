#include "worker/providers/tts/sherpa_tts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "tests/fakes/providers/sherpa_fake.h"
#include "worker/providers/sherpa/engine_threads.h"

namespace earshot::worker {
namespace {

class SherpaTtsTest : public testing::Test {
 protected:
  struct Said {
    std::vector<Pcm> audio;
    std::optional<Status> done;
  };

  SherpaTtsTest() {
    std::filesystem::create_directories(folder_);
    settings_.model = fakes::model_in(folder_, sherpa::tts_families(), "vits");
  }
  ~SherpaTtsTest() override {
    script_.gate.open();
    sherpa::EngineThreads::await_retired();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<TtsProvider> make() { return std::move(make_sherpa_tts(settings_, library_)).value(); }
  void tell_of_model(const std::string& key, const std::string& value) {
    std::ofstream(settings_.model.file("model"), std::ios::binary | std::ios::app)
        << fakes::onnx_fact(key, value);
  }
  std::unique_ptr<TtsStream> say(TtsProvider& tts, Said& said, const std::string& text = "Good morning.") {
    return tts.synthesize({.text = text, .language = "en"}, io_.get_executor(),
                          {.on_audio = [&](Pcm pcm) { said.audio.push_back(std::move(pcm)); },
                           .on_done = [&](Status status) { said.done = std::move(status); }});
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();
      io_.run_one_for(Milliseconds(50));
    }
    ASSERT_TRUE(condition());
  }

  const std::string folder_ = testing::TempDir() + "sherpa_tts_" + std::to_string(::getpid());
  asio::io_context io_{1};
  fakes::SherpaScript script_;
  fakes::SherpaFake library_{script_};
  SherpaTtsSettings settings_;
};

TEST_F(SherpaTtsTest, GivesEachPieceAtTheVoicesRateWithoutOverflow) {
  const auto tts = make();
  Said said;
  const auto stream = say(*tts, said);
  run_until([&] { return said.done.has_value(); });
  EXPECT_TRUE(said.done->ok());
  ASSERT_EQ(said.audio.size(), 3U);
  EXPECT_EQ(said.audio.front().sample_rate_hz, 22050);
  EXPECT_EQ(said.audio.front().samples, (std::vector<std::int16_t>{16383, -32767, 32767, -32767}));
}

TEST_F(SherpaTtsTest, GivesAVoiceOfTextTheTextAndNoMoreOfItThanFourKilobytes) {
  const auto tts = make();
  Said said;
  const auto stream = say(*tts, said);
  run_until([&] { return said.done.has_value(); });
  EXPECT_EQ(script_.said.text, "Good morning.");
  EXPECT_TRUE(script_.said.phonemes.empty());
  Said all;
  const auto longer = say(*tts, all, std::string(10'000, 'a'));
  run_until([&] { return all.done.has_value(); });
  EXPECT_EQ(script_.said.text.size(), 4096U);
}

TEST_F(SherpaTtsTest, GivesAVoiceOfPhonemesTheSentencesAsItsLanguageReadsThem) {
  tell_of_model("has_espeak", "1");
  tell_of_model("voice", "de");
  const auto tts = make();
  Said said;
  const auto stream = say(*tts, said, "Guten Tag! Wie geht es?");
  run_until([&] { return said.done.has_value(); });
  EXPECT_TRUE(said.done->ok());
  ASSERT_EQ(script_.said.phonemes.size(), 2U);
  EXPECT_EQ(script_.said.phonemes.front().back(), '!');
  EXPECT_EQ(script_.said.phonemes.front().front(), 0x0261) << "the g of IPA";
  EXPECT_EQ(script_.said.phonemes.back().back(), '?');
}

TEST_F(SherpaTtsTest, MakesNothingForAVoiceOfPhonemesOfATextWithoutWords) {
  tell_of_model("has_espeak", "1");
  const auto tts = make();
  Said said;
  const auto stream = say(*tts, said, " ... ");
  run_until([&] { return said.done.has_value(); });
  EXPECT_TRUE(said.done->ok());
  EXPECT_EQ(script_.inferences, 0);
}

TEST_F(SherpaTtsTest, IsRefusedWhenNobodyKnowsThePhonemesOfItsLanguage) {
  tell_of_model("has_espeak", "1");
  tell_of_model("voice", "klingon-of-the-north");
  EXPECT_EQ(make_sherpa_tts(settings_, library_).error().code, ErrorCode::kNotFound);
}

TEST_F(SherpaTtsTest, TellsWhenTheVoiceFails) {
  script_.failure = Error{ErrorCode::kInternal, "no sound"};
  const auto tts = make();
  Said said;
  const auto stream = say(*tts, said);
  run_until([&] { return said.done.has_value(); });
  EXPECT_EQ(said.done->error().message, "no sound");
}

TEST_F(SherpaTtsTest, StopsBehindThePieceBeingMadeWhenCancelled) {
  script_.pieces = 1000;
  const auto tts = make();
  script_.gate.close();
  Said said;
  const auto stream = say(*tts, said);
  while (script_.running == 0) std::this_thread::yield();
  stream->cancel();
  script_.gate.open();
  while (script_.running != 0) std::this_thread::yield();
  io_.run();
  EXPECT_LE(script_.pieces_made, 1);
  EXPECT_TRUE(said.audio.empty());
  EXPECT_FALSE(said.done.has_value());
}

TEST_F(SherpaTtsTest, MakesNothingOfASentenceCancelledInTheQueue) {
  const auto tts = make();
  script_.gate.close();
  Said first;
  Said second;
  const auto speaking = say(*tts, first);
  auto waiting = say(*tts, second);
  waiting.reset();
  script_.gate.open();
  Said third;
  const auto last = say(*tts, third);
  run_until([&] { return third.done.has_value(); });
  EXPECT_EQ(script_.inferences, 2);
  EXPECT_FALSE(second.done.has_value());
}

TEST_F(SherpaTtsTest, ItsEndWaitsForNothing) {
  auto tts = make();
  script_.gate.close();
  Said said;
  auto stream = say(*tts, said);
  while (script_.running == 0) std::this_thread::yield();
  stream.reset();
  tts.reset();  // returns although the sentence is being made
  EXPECT_EQ(script_.running, 1);
  script_.gate.open();
  sherpa::EngineThreads::await_retired();
  EXPECT_EQ(script_.running, 0);
}

TEST_F(SherpaTtsTest, IsRefusedWhenTheModelIsMissingOrBrokenOrHasNoSuchSpeaker) {
  settings_.speaker = 1;
  const auto refused = make_sherpa_tts(settings_, library_);
  EXPECT_EQ(refused.error().message, "speaker: this voice has speakers 0 to 0, not 1");
  script_.load_failure = Error{ErrorCode::kInternal, "broken"};
  EXPECT_EQ(make_sherpa_tts(settings_, library_).error().message, "broken");
  settings_.model.files["tokens"] = folder_ + "/nowhere.txt";
  EXPECT_EQ(make_sherpa_tts(settings_, library_).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::worker
