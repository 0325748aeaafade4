// The real engines; waits are bounded, events decide.
#include "worker/providers/tts/embedded_tts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include "worker/providers/tts/espeak_voice.h"

namespace earshot::worker {
namespace {

struct EmbeddedSpeech {
  std::vector<std::int16_t> samples;
  std::vector<int> rates_hz;  // of the pieces
  std::optional<Status> done;
  std::optional<std::chrono::steady_clock::time_point> first;
};

class EmbeddedTtsTest : public testing::Test {
 protected:
  EmbeddedTtsTest() : provider_(std::move(*make_embedded_tts({}, pool_))) {}
  ~EmbeddedTtsTest() override { pool_.join(); }

  std::unique_ptr<TtsStream> start(const std::string& text, const std::string& language,
                                   EmbeddedSpeech& speech) {
    return provider_->synthesize({.text = text, .language = language}, io_.get_executor(),
                                 {.on_audio =
                                      [&](const Pcm& piece) {
                                        if (!speech.first) speech.first = std::chrono::steady_clock::now();
                                        speech.rates_hz.push_back(piece.sample_rate_hz);
                                        speech.samples.insert(speech.samples.end(), piece.samples.begin(),
                                                              piece.samples.end());
                                      },
                                  .on_done = [&](Status status) { speech.done = std::move(status); }});
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      io_.run_one_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(condition());
  }
  EmbeddedSpeech say(const std::string& text, const std::string& language) {
    EmbeddedSpeech speech;
    const auto stream = start(text, language, speech);
    run_until([&] { return speech.done.has_value(); });
    return speech;
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> working_{io_.get_executor()};
  asio::thread_pool pool_{2};
  std::unique_ptr<TtsProvider> provider_;
};

double rms(const std::vector<std::int16_t>& samples) {
  double energy = 0;
  for (const std::int16_t sample : samples) energy += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(energy / static_cast<double>(samples.size()));
}

TEST_F(EmbeddedTtsTest, SpeaksEachLanguageAudiblyAtOneRate) {
  struct Case {
    const char* text;
    const char* language;
    int rate_hz;
  };
  for (const Case& each :
       {Case{"The light is on now.", "en-US", 16000}, Case{"The light is on now.", "", 16000},
        Case{"Das Licht ist jetzt an.", "de-DE", 22050},
        Case{"\u4f60\u597d\uff0c\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002", "zh-CN", 22050},
        Case{"\u3053\u3093\u306b\u3061\u306f", "ja-JP", 22050}}) {
    const EmbeddedSpeech speech = say(each.text, each.language);
    EXPECT_TRUE(speech.done->ok()) << each.language;
    EXPECT_GT(speech.samples.size(), static_cast<std::size_t>(each.rate_hz) / 4) << each.language;
    EXPECT_GT(rms(speech.samples), 500) << each.language;
    EXPECT_TRUE(std::all_of(speech.rates_hz.begin(), speech.rates_hz.end(), [&](int rate) {
      return rate == each.rate_hz;
    })) << each.language;
  }
}

TEST_F(EmbeddedTtsTest, NothingToSayIsDoneInPeace) {
  for (const char* language : {"en-US", "de-DE"}) {
    for (const char* text : {"", "   ", "..."}) {
      const EmbeddedSpeech speech = say(text, language);
      EXPECT_TRUE(speech.done->ok()) << language << " '" << text << "'";
    }
  }
}

TEST_F(EmbeddedTtsTest, AnUnknownLanguageIsStillSpoken) {
  const EmbeddedSpeech speech = say("hello", "tlh-KL");
  EXPECT_TRUE(speech.done->ok());
  EXPECT_GT(rms(speech.samples), 100);
}

TEST_F(EmbeddedTtsTest, SoundComesBeforeTheWholeIsMade) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "This is a rather long sentence about the weather of tomorrow, ";
  EmbeddedSpeech speech;
  const auto stream = start(text + "the end.", "en-US", speech);
  run_until([&] { return speech.first.has_value(); });
  EXPECT_FALSE(speech.done.has_value());
  run_until([&] { return speech.done.has_value(); });
  EXPECT_GT(speech.rates_hz.size(), 10u);
}

TEST_F(EmbeddedTtsTest, ACancelledSentenceCallsNobody) {
  for (const char* language : {"en-US", "de-DE"}) {
    EmbeddedSpeech cancelled;
    auto stream = start("This sentence is not wanted any more.", language, cancelled);
    run_until([&] { return cancelled.first.has_value(); });
    const std::size_t heard = cancelled.samples.size();
    stream->cancel();
    EXPECT_TRUE(say("Something else.", language).done->ok());
    EXPECT_EQ(cancelled.samples.size(), heard);
    EXPECT_FALSE(cancelled.done.has_value());

    EmbeddedSpeech dropped;
    stream = start("Nor is this.", language, dropped);
    stream.reset();
    EXPECT_TRUE(say("Something else.", language).done->ok());
    EXPECT_TRUE(dropped.samples.empty());
    EXPECT_FALSE(dropped.done.has_value());
  }
}

TEST_F(EmbeddedTtsTest, ManySpeakAtOnceEachWithItsOwnSound) {
  constexpr std::size_t kMany = 12;
  const EmbeddedSpeech alone = say("One two three four five.", "en-US");
  const EmbeddedSpeech german = say("Eins zwei drei.", "de");
  std::vector<EmbeddedSpeech> speeches(kMany);
  std::vector<std::unique_ptr<TtsStream>> streams;
  for (std::size_t i = 0; i < kMany; ++i) {
    const bool english = i % 2 == 0;
    streams.push_back(start(english ? "One two three four five." : "Eins zwei drei.",
                            english ? "en-US" : "de", speeches[i]));
  }
  run_until([&] {
    return std::all_of(speeches.begin(), speeches.end(),
                       [](const auto& each) { return each.done.has_value(); });
  });
  for (std::size_t i = 0; i < kMany; ++i) {
    const bool english = i % 2 == 0;
    // espeak-ng varies by some samples from one time to the next.
    const std::size_t tolerance = english ? 0 : german.samples.size() / 20;
    EXPECT_NEAR(static_cast<double>(speeches[i].samples.size()),
                static_cast<double>((english ? alone : german).samples.size()),
                static_cast<double>(tolerance))
        << i;
  }
}

TEST(EspeakVoices, ChineseIsSpokenFromPinyinAndRegionsFallBack) {
  EXPECT_EQ(espeak_voices_for("zh-CN").front(), "cmn-latn-pinyin");
  EXPECT_EQ(espeak_voices_for("zh-HK").front(), "yue");
  EXPECT_EQ(espeak_voices_for("pt_BR"), (std::vector<std::string>{"pt-br", "pt", "en-us"}));
}

}  // namespace
}  // namespace earshot::worker
