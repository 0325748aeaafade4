#include "worker/providers/tts/audio_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <ostream>
#include <string>

#include "tests/fakes/providers/tts_fakes.h"

namespace earshot::worker {
namespace {

using fakes::Delay;
using testing::HasSubstr;

Result<Pcm> play(const std::string& body, std::size_t piece_bytes, AudioSinkConfig config = {}) {
  AudioSink sink(config);
  Pcm whole;
  const auto take = [&](Result<Pcm> made) -> Status {
    if (!made) return made.error();
    if (!made->samples.empty()) whole.sample_rate_hz = made->sample_rate_hz;
    whole.samples.insert(whole.samples.end(), made->samples.begin(), made->samples.end());
    return kDone;
  };
  for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
    const Status taken = take(sink.feed(as_bytes(std::string_view(body).substr(at, piece_bytes))));
    if (!taken) return taken.error();
  }
  const Status taken = take(sink.finish());
  if (!taken) return taken.error();
  return whole;
}

// The share of the energy at 1 kHz.
double tone_share(const Pcm& pcm) {
  double re = 0;
  double im = 0;
  double energy = 0;
  for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
    const double phase = 2 * std::numbers::pi * 1000.0 * static_cast<double>(i) / pcm.sample_rate_hz;
    re += pcm.samples[i] * std::cos(phase);
    im += pcm.samples[i] * std::sin(phase);
    energy += static_cast<double>(pcm.samples[i]) * pcm.samples[i];
  }
  return energy == 0 ? 0 : 2 * (re * re + im * im) / static_cast<double>(pcm.samples.size()) / energy;
}

struct Form {
  const char* name;
  std::string body;
  int rate_hz;
  std::size_t samples;
};

void PrintTo(const Form& form, std::ostream* out) {
  *out << form.name;
}

class EveryForm : public testing::TestWithParam<Form> {};

TEST_P(EveryForm, IsHeardWhateverThePieces) {
  for (const std::size_t piece : {1u, 3u, 1000u, 1u << 20}) {
    const auto heard = play(GetParam().body, piece);
    ASSERT_TRUE(heard.ok()) << heard.error().message;
    EXPECT_EQ(heard->sample_rate_hz, GetParam().rate_hz);
    EXPECT_EQ(heard->samples.size(), GetParam().samples);
    EXPECT_GT(tone_share(*heard), 0.85);  // the decoder fades in over the first frame of MP3
  }
}

INSTANTIATE_TEST_SUITE_P(
    AudioSink, EveryForm,
    testing::Values(Form{"raw", fakes::pcm_tone(24000, Delay(200)), 24000, 4800},
                    Form{"odd_end", fakes::pcm_tone(24000, Delay(200)) + "x", 24000, 4800},
                    Form{"wav", fakes::wav_tone(16000, Delay(200), 6400), 16000, 3200},
                    Form{"wav_and_a_tag", fakes::wav_tone(16000, Delay(200), 6400) + "LIST", 16000, 3200},
                    Form{"wav_of_size_0", fakes::wav_tone(32000, Delay(200), 0), 32000, 6400},
                    Form{"wav_of_largest_size", fakes::wav_tone(48000, Delay(200), 0xFFFFFFFF), 48000, 9600},
                    Form{"wav_too_short", fakes::wav_tone(16000, Delay(200), 1'000'000), 16000, 3200},
                    Form{"mp3", fakes::mp3_tone(Delay(240)), 24000, 5760},
                    Form{"mp3_with_tag",
                         "ID3" + std::string("\x04\0\0\0\0\0\x05hello", 12) + fakes::mp3_tone(Delay(240)),
                         24000, 5760}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(AudioSink, QuietPcmThatBeginsLikeMp3IsPcm) {
  for (const std::string& start : {std::string("\xFF\xFF", 2), std::string("\xFF\xFB\x64\xC4", 4)}) {
    const auto heard = play(start + fakes::pcm_tone(24000, Delay(200)), 7);
    ASSERT_TRUE(heard.ok());
    EXPECT_EQ(heard->samples.size(), 4800 + start.size() / 2);
  }
}

TEST(AudioSink, TextInPlaceOfSoundIsAnErrorThatNamesOnlyItsCode) {
  const auto heard = play(R"( {"x":1})", 1);
  EXPECT_TRUE(heard.ok());  // a space first: nothing but a guess says that this is text
  for (const char* body : {R"({ "error":{"message":"key sk-secret","code":"invalid_api_key"}})",
                           "{\n\"code\":\"invalid_api_key\"}"}) {
    const auto failed = play(body, 1);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(failed.error().message, HasSubstr("invalid_api_key"));
    EXPECT_THAT(failed.error().message, Not(HasSubstr("sk-secret")));
  }
  EXPECT_FALSE(play("<!DOCTYPE html><html></html>", 3).ok());
}

TEST(AudioSink, RefusesWhatCannotBePlayed) {
  EXPECT_THAT(play("OggS and more", 2).error().message, HasSubstr("Ogg"));
  EXPECT_FALSE(play(fakes::wav_tone(96000, Delay(100), 0), 1000).ok());
  EXPECT_FALSE(play(std::string(300'000, 'x'), 1000, {.expects_mp3 = true}).ok());
  EXPECT_EQ(play(std::string(2000, 'x'), 100, {.max_bytes = 1000}).error().code, ErrorCode::kTooLarge);
}

TEST(AudioSink, NothingIsNothing) {
  const auto heard = play("", 1);
  ASSERT_TRUE(heard.ok());
  EXPECT_TRUE(heard->samples.empty());
}

}  // namespace
}  // namespace earshot::worker
