#include "bench/simulator/microphone_tape.h"

#include <gtest/gtest.h>

#include <cmath>

namespace earshot::simulator {
namespace {

double rms(const std::vector<std::int16_t>& samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += double{1} * sample * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

TEST(MicrophoneTape, RecordsAQuietRoomWithoutEnd) {
  MicrophoneTape tape({}, 1);
  const auto frame = tape.record(16'000);
  EXPECT_EQ(frame.samples.size(), 16'000U);
  EXPECT_LT(rms(frame.samples), 8);
  EXPECT_FALSE(frame.speech_ended);
}

TEST(MicrophoneTape, TellsInWhichFrameTheSpeechEnds) {
  MicrophoneTape tape({}, 1);
  tape.say(std::vector<std::int16_t>(1000, 9000));
  EXPECT_FALSE(tape.record(960).speech_ended);
  EXPECT_TRUE(tape.speaking());
  const auto last = tape.record(960);
  EXPECT_TRUE(last.speech_ended);
  EXPECT_GT(last.samples[30], 8000);
  EXPECT_LT(last.samples[50], 1000);
  EXPECT_FALSE(tape.record(960).speech_ended);
}

TEST(MicrophoneTape, SaysOneThingAfterTheOther) {
  MicrophoneTape tape({}, 1);
  tape.say(std::vector<std::int16_t>(100, 9000));
  tape.say(std::vector<std::int16_t>(100, -9000));
  const auto frame = tape.record(200);
  EXPECT_GT(frame.samples[99], 8000);
  EXPECT_LT(frame.samples[100], -8000);
  EXPECT_TRUE(frame.speech_ended);
}

TEST(MicrophoneTape, AnUtteranceSoundsTheSameHoweverLongItWasQuietBefore) {
  MicrophoneTape soon(10, 7);
  MicrophoneTape late(10, 7);
  soon.record(960);
  late.record(961);  // the distribution makes its values in pairs
  const std::vector<std::int16_t> speech(960, 3000);
  soon.say(speech);
  late.say(speech);
  const auto first = soon.record(960).samples;
  EXPECT_EQ(first, late.record(960).samples);
  soon.say(speech);
  EXPECT_NE(soon.record(960).samples, first) << "each utterance has noise of its own";
}

TEST(MicrophoneTape, HushForgetsTheRest) {
  MicrophoneTape tape({}, 1);
  tape.say(std::vector<std::int16_t>(5000, 9000));
  tape.record(100);
  tape.hush();
  EXPECT_LT(rms(tape.record(960).samples), 8);
}

TEST(MicrophoneTape, NoiseLiesItsDecibelsUnderSpeech) {
  MicrophoneTape tape(10, 1);
  const double level = 20 * std::log10(rms(tape.record(48'000).samples) / 32768);
  EXPECT_NEAR(level, -36, 0.5);
}

TEST(MicrophoneTape, DoesNotWrapAtFullScale) {
  MicrophoneTape tape(0, 1);
  tape.say(std::vector<std::int16_t>(16'000, 32767));
  for (const std::int16_t sample : tape.record(16'000).samples) EXPECT_GT(sample, 0);
}

}  // namespace
}  // namespace earshot::simulator
