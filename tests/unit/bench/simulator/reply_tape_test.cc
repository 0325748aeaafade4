#include "bench/simulator/reply_tape.h"

#include <gtest/gtest.h>

#include <chrono>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;

constexpr SteadyTime kStart{milliseconds(1000)};

Pcm tape_frame(int sample_rate_hz = 24000) {
  return {.samples = std::vector<std::int16_t>(static_cast<std::size_t>(sample_rate_hz) * 60 / 1000, 9),
          .sample_rate_hz = sample_rate_hz};
}

TEST(ReplyTape, JoinsFramesThatFollowEachOther) {
  ReplyTape tape;
  tape.begin_answer();
  tape.add(tape_frame(), kStart);
  tape.add(tape_frame(), kStart + milliseconds(60));
  EXPECT_EQ(tape.clip().samples.size(), 2880U);
}

TEST(ReplyTape, KeepsAGapAsSilence) {
  ReplyTape tape;
  tape.begin_answer();
  tape.add(tape_frame(), kStart);
  tape.add(tape_frame(), kStart + milliseconds(100));
  ASSERT_EQ(tape.clip().samples.size(), 2880U + 960U);
  EXPECT_EQ(tape.clip().samples[1440], 0);
  EXPECT_EQ(tape.clip().samples[2400], 9);
}

TEST(ReplyTape, PutsAShortPauseBetweenAnswers) {
  ReplyTape tape;
  tape.begin_answer();
  tape.add(tape_frame(), kStart);
  tape.begin_answer();
  tape.add(tape_frame(), kStart + std::chrono::seconds(30));
  EXPECT_EQ(tape.clip().samples.size(), 2880U + 7200U);
}

TEST(ReplyTape, TakesItsRateFromTheFirstFrame) {
  ReplyTape tape;
  tape.add(tape_frame(16000), kStart);
  tape.add(tape_frame(24000), kStart + milliseconds(60));
  EXPECT_EQ(tape.clip().sample_rate_hz, 16000);
  EXPECT_EQ(tape.clip().samples.size(), 960U);
}

}  // namespace
}  // namespace earshot::simulator
