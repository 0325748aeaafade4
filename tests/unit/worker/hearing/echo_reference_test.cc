#include "worker/hearing/echo_reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/audio/opus_encoder.h"
#include "worker/hearing/speech_level.h"

namespace earshot::worker {
namespace {

constexpr TurnId kFirstTurn{1};
constexpr TurnId kSecondTurn{2};
constexpr std::int64_t kPerFrame = 960;  // 60 ms at 16 kHz

class EchoReferenceTest : public testing::Test {
 protected:
  // A tone in 24 kHz packets, as a worker sends them.
  void add(TurnId turn, int frames) {
    for (int i = 0; i < frames; ++i) {
      std::vector<std::int16_t> frame(1440);
      for (auto& sample : frame) sample = static_cast<std::int16_t>(10'000 * std::sin(phase_ += 0.1));
      reference_.add(turn, encoder_.encode(frame).value());
    }
  }
  double level_at(std::int64_t place, std::size_t samples = 960) {
    std::vector<std::int16_t> out(samples);
    reference_.read(place, out);
    return level_db(out);
  }

  EchoReference reference_ = EchoReference::create(60).value();
  OpusEncoder encoder_ = OpusEncoder::create(downlink_opus(24'000, 60)).value();
  double phase_ = 0;
};

TEST_F(EchoReferenceTest, KnowsTheFramesOfTheTurnThatPlaysByTheirTimestamps) {
  add(kFirstTurn, 3);
  EXPECT_FALSE(reference_.knows(600)) << "it does not play yet";
  reference_.started(kFirstTurn, 600);
  EXPECT_FALSE(reference_.knows(540));
  EXPECT_TRUE(reference_.knows(600));
  EXPECT_TRUE(reference_.knows(720));
  EXPECT_FALSE(reference_.knows(780)) << "not made yet";
  add(kFirstTurn, 1);
  EXPECT_TRUE(reference_.knows(780));
}

TEST_F(EchoReferenceTest, ReadsWhatIsPlayedAtATime) {
  add(kFirstTurn, 3);
  reference_.started(kFirstTurn, 600);
  EXPECT_EQ(level_at(9600 - kPerFrame), kSilenceDb) << "in front of it";
  EXPECT_GT(level_at(9600 + kPerFrame), -20);
  EXPECT_GT(level_at(9600 + kPerFrame / 2), -20) << "across two frames, and back";
  EXPECT_EQ(level_at(9600 + 3 * kPerFrame), kSilenceDb) << "behind it";
}

TEST_F(EchoReferenceTest, ForgetsATurnThatWasCut) {
  add(kFirstTurn, 10);
  reference_.started(kFirstTurn, 60);
  level_at(960);
  add(kSecondTurn, 2);
  reference_.started(kSecondTurn, 180);
  EXPECT_EQ(reference_.waiting(), 2U);
  EXPECT_TRUE(reference_.knows(180));
  EXPECT_GT(level_at(180 * 16), -20);
}

TEST_F(EchoReferenceTest, ReadsWithoutHavingReadAllBefore) {
  add(kFirstTurn, 100);
  reference_.started(kFirstTurn, 60);
  EXPECT_GT(level_at(960 + 90 * kPerFrame), -20);
  EXPECT_EQ(level_at(960 + 10 * kPerFrame), kSilenceDb) << "long ago";
  EXPECT_EQ(reference_.waiting(), 9U);
}

TEST_F(EchoReferenceTest, SurvivesWhatADeviceMakesUp) {
  add(kFirstTurn, 10);
  reference_.started(kFirstTurn, 0xffffffff);
  EXPECT_FALSE(reference_.knows(0));
  EXPECT_EQ(level_at(0), kSilenceDb);
  EXPECT_EQ(level_at(std::int64_t{0xffffffff} * 32), kSilenceDb);
  EXPECT_EQ(reference_.waiting(), 0U);
}

TEST_F(EchoReferenceTest, IsBounded) {
  const Bytes packet(100, 0x58);
  for (std::size_t i = 0; i < 2 * EchoReference::kMaxPackets; ++i) reference_.add(kFirstTurn, packet);
  EXPECT_EQ(reference_.waiting(), EchoReference::kMaxPackets);
  reference_.add(kSecondTurn, packet);
  reference_.started(kSecondTurn, 60);
  EXPECT_EQ(reference_.waiting(), 1U) << "a newer turn takes the place of an older one";
}

TEST_F(EchoReferenceTest, RefusesFramesThatAreNoTensOfMilliseconds) {
  EXPECT_FALSE(EchoReference::create(5));
  EXPECT_TRUE(EchoReference::create(20));
}

}  // namespace
}  // namespace earshot::worker
