#include "worker/providers/tts/espeak.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace earshot::worker {
namespace {

TEST(EspeakTest, TellsThePhonemesOfEachLanguage) {
  const Espeak espeak = Espeak::load().value();
  EXPECT_EQ(espeak.phonemes("en-us", "hello").value(), "həlˈoʊ");
  EXPECT_EQ(espeak.phonemes("de", "guten Tag").value(), "ɡˈuːtən tˈɑːk");
  EXPECT_EQ(espeak.phonemes("en-us", "").value(), "");
  EXPECT_EQ(espeak.phonemes("en-us", "one (two) three").value(), "wˈʌn tˈuː θɹˈiː");
}

TEST(EspeakTest, KnowsNoVoiceOfAnUnknownName) {
  const Espeak espeak = Espeak::load().value();
  EXPECT_EQ(espeak.phonemes("klingon-of-the-north", "nuqneH").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(espeak.speak("klingon-of-the-north", "nuqneH", 1, [](auto) { return true; }).error().code,
            ErrorCode::kNotFound);
}

TEST(EspeakTest, StopsSpeakingWhenNobodyListens) {
  const Espeak espeak = Espeak::load().value();
  int pieces = 0;
  EXPECT_TRUE(espeak
                  .speak("de", "Guten Tag, guten Abend und gute Nacht, wir gehen jetzt alle nach Hause.", 1,
                         [&](auto) { return ++pieces < 3; })
                  .ok());
  EXPECT_EQ(pieces, 3);
}

TEST(EspeakTest, SpeaksFasterWhenAsked) {
  const Espeak espeak = Espeak::load().value();
  const auto samples_at = [&](double speed) {
    std::size_t count = 0;
    const auto on_samples = [&](std::span<const std::int16_t> piece) {
      count += piece.size();
      return true;
    };
    EXPECT_TRUE(espeak.speak("de", "Guten Tag und guten Abend", speed, on_samples).ok());
    return static_cast<double>(count);
  };
  const double usual = samples_at(1);
  EXPECT_LT(samples_at(1.5), usual * 0.85);
  EXPECT_NEAR(samples_at(1), usual, usual * 0.05) << "the pace of one speech stays for the next";
}

// The library is one global state: without its one lock the voices and texts of two callers mix.
TEST(EspeakTest, ServesSeveralThreadsWithoutMixingThem) {
  const Espeak espeak = Espeak::load().value();
  const auto sound_of = [&](const std::string& voice) {
    std::vector<std::int16_t> samples;
    EXPECT_TRUE(espeak
                    .speak(voice, "eins zwei drei", 1,
                           [&](std::span<const std::int16_t> piece) {
                             samples.insert(samples.end(), piece.begin(), piece.end());
                             return true;
                           })
                    .ok());
    return static_cast<double>(samples.size());
  };
  // One text's sound differs by up to 2 % with what was said before it, that of the two languages by a fifth.
  const double german = sound_of("de");
  const double french = sound_of("fr");
  ASSERT_GT(german, 1.1 * french);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        if (thread == 0) {
          EXPECT_NEAR(sound_of("de"), german, 0.05 * german);
        } else if (thread == 1) {
          EXPECT_NEAR(sound_of("fr"), french, 0.05 * french);
        } else {
          EXPECT_EQ(espeak.phonemes("en-us", "hello").value(), "həlˈoʊ");
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace earshot::worker
