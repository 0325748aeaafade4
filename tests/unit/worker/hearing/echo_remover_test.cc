#include "worker/hearing/echo_remover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/audio/opus_encoder.h"

namespace earshot::worker {
namespace {

// Leaves so much of what it hears while something plays.
class Attenuator final : public EchoCanceller {
 public:
  explicit Attenuator(const double& gain, int& pieces) : gain_(gain), pieces_(pieces) {}
  void cancel(std::span<const std::int16_t>, std::span<std::int16_t> heard) override {
    ++pieces_;
    for (std::int16_t& sample : heard) sample = static_cast<std::int16_t>(sample * gain_);
  }

 private:
  const double& gain_;
  int& pieces_;
};

class EchoRemoverTest : public testing::Test {
 protected:
  EchoRemoverTest() {
    for (int i = 0; i < 100; ++i) remover_.reference().add(TurnId{1}, encoder_.encode(tone(1440)).value());
    remover_.reference().started(TurnId{1}, 60);
  }
  std::vector<std::int16_t> tone(std::size_t samples) {
    std::vector<std::int16_t> out(samples);
    for (auto& sample : out) sample = static_cast<std::int16_t>(10'000 * std::sin(phase_ += 0.1));
    return out;
  }
  // The microphone hears the loudspeaker as loud as it is.
  void packets(int count, std::uint32_t first_timestamp, bool lost = false) {
    for (int i = 0; i < count; ++i) {
      heard_ = tone(960);
      const std::uint32_t timestamp =
          first_timestamp == 0 ? 0 : first_timestamp + 60 * static_cast<std::uint32_t>(i);
      remover_.clean({.sequence = ++sequence_, .opus = {}, .timestamp = timestamp, .lost = lost}, heard_);
    }
  }

  double gain_ = 0.01;
  int pieces_ = 0;
  OpusEncoder encoder_ = OpusEncoder::create(downlink_opus(24'000, 60)).value();
  EchoRemover remover_{EchoReference::create(60).value(), std::make_unique<Attenuator>(gain_, pieces_)};
  std::vector<std::int16_t> heard_;
  std::uint32_t sequence_ = 0;
  double phase_ = 0;
};

TEST_F(EchoRemoverTest, TouchesNothingWhileNothingPlays) {
  packets(20, 0);
  EXPECT_EQ(pieces_, 0);
  EXPECT_FALSE(remover_.converged());
}

TEST_F(EchoRemoverTest, HasConvergedWhenALoudReplyLeavesNothing) {
  packets(3, 60);
  EXPECT_FALSE(remover_.converged());
  packets(5, 240);
  EXPECT_TRUE(remover_.converged());
  remover_.reply_begins();
  EXPECT_FALSE(remover_.converged());
}

TEST_F(EchoRemoverTest, HasNotConvergedWhileMuchIsLeft) {
  gain_ = 0.1;  // 20 dB
  packets(50, 60);
  EXPECT_FALSE(remover_.converged());
}

TEST_F(EchoRemoverTest, ATimestampThatJumpsBeginsItAnew) {
  packets(20, 60);
  ASSERT_TRUE(remover_.converged());
  packets(1, 60 + 24 * 60);
  EXPECT_FALSE(remover_.converged());
}

TEST_F(EchoRemoverTest, APacketThatIsLostOrHasNoTimestampDoesNot) {
  packets(10, 60);
  packets(1, 0);
  packets(1, 60 + 11 * 60);
  packets(1, 0, true);
  packets(1, 60 + 13 * 60);
  EXPECT_TRUE(remover_.converged());
}

TEST_F(EchoRemoverTest, IsIdleASecondBehindTheReply) {
  packets(10, 60);
  packets(40, 0);
  const int before = pieces_;
  packets(10, 0);
  EXPECT_EQ(pieces_, before);
}

TEST_F(EchoRemoverTest, TimestampsOfNothingThatWasSentAreNone) {
  packets(20, 0x7fffffff);
  EXPECT_EQ(pieces_, 0);
}

}  // namespace
}  // namespace earshot::worker
