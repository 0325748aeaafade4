#include "worker/speaking/unplayed_speech.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1h};

UnplayedSpeech speech_of(int frames) {
  UnplayedSpeech speech(60ms);
  for (int i = 0; i < frames; ++i) speech.sent();
  return speech;
}

TEST(UnplayedSpeechTest, IsAllThatWasSentUntilItPlays) {
  EXPECT_EQ(speech_of(10).at(kStart + 1h), 600ms);
}

TEST(UnplayedSpeechTest, FallsAsItPlaysAndNeverBelowNothing) {
  UnplayedSpeech speech = speech_of(10);
  speech.plays(0, kStart);
  EXPECT_EQ(speech.at(kStart + 59ms), 600ms);
  EXPECT_EQ(speech.at(kStart + 300ms), 300ms);
  EXPECT_EQ(speech.at(kStart + 1h), 0ms);
}

TEST(UnplayedSpeechTest, BelievesTheGatewayWhereItKnowsBetter) {
  UnplayedSpeech speech = speech_of(10);
  speech.plays(0, kStart);
  speech.plays(8, kStart + 60ms);
  EXPECT_EQ(speech.at(kStart + 60ms), 120ms);
  speech.plays(99, kStart + 60ms);
  EXPECT_EQ(speech.at(kStart + 60ms), 0ms) << "no more can have played than was sent";
}

TEST(UnplayedSpeechTest, StandsStillInAPause) {
  UnplayedSpeech speech = speech_of(10);
  speech.plays(0, kStart);
  speech.pauses(kStart + 120ms);
  EXPECT_EQ(speech.at(kStart + 10s), 480ms);
  speech.plays(0, kStart + 10s);
  EXPECT_EQ(speech.at(kStart + 10s + 60ms), 420ms);
}

TEST(UnplayedSpeechTest, BeginsAnewWithEachTurn) {
  UnplayedSpeech speech = speech_of(10);
  speech.plays(0, kStart);
  speech.begin();
  speech.sent();
  EXPECT_EQ(speech.at(kStart + 1h), 60ms);
}

}  // namespace
}  // namespace earshot::worker
