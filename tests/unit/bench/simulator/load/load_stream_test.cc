#include "bench/simulator/load/load_stream.h"

#include <gtest/gtest.h>

#include "bench/simulator/load/pacing.h"
#include "bench/simulator/load/percentiles.h"
#include "common/base/bytes.h"

namespace earshot::simulator {
namespace {

constexpr std::uint32_t kSsrc = 0x01020304;

Block nonce() {
  Block block{kAudioType};
  store_be32(block.data() + 4, kSsrc);
  return block;
}

class LoadStreamTest : public ::testing::Test {
 protected:
  // What an echo returns for an uplink datagram, with a downlink sequence of its own.
  Bytes echo_of(const Bytes& up, std::uint32_t sequence) {
    Bytes plain(up.size() - kHeaderBytes);
    server_.apply(header_block(up), ByteView(up).subspan(kHeaderBytes), plain);
    Block header = uplink_header(nonce(), plain.size(), sequence * 60, sequence);
    header[1] = kDownlinkFlag;
    return seal(server_, header, plain);
  }
  Bytes make(std::int64_t now_ns = 5) {
    Bytes up(stream_.datagram_bytes(100));
    stream_.make(up, now_ns);
    return up;
  }

  Block key_{1, 2, 3};
  LoadStream stream_{9, {.ssrc = kSsrc, .key = key_, .nonce = nonce()}};
  AesCtr server_{key_};
};

TEST_F(LoadStreamTest, KnowsItsFramesAgain) {
  Bytes first = echo_of(make(1'000'000'000'007), 1);
  Bytes second = echo_of(make(), 2);
  const auto heard = stream_.check(first, true);
  EXPECT_EQ(heard.verdict, FrameVerdict::kGood);
  EXPECT_EQ(heard.sent_ns, 1'000'000'000'007);
  EXPECT_EQ(heard.index, 0U);
  EXPECT_EQ(stream_.check(second, true).index, 1U);
  EXPECT_EQ(stream_.sent(), 2U);
  EXPECT_EQ(stream_.received(), 2U);
}

TEST_F(LoadStreamTest, NoticesDoublesOldOnesAndSkippedOnes) {
  const Bytes up0 = make();
  const Bytes up1 = make();
  const Bytes up2 = make();
  Bytes third = echo_of(up2, 1);
  Bytes again = third;
  Bytes late = echo_of(up1, 2);
  Bytes same_frame_new_sequence = echo_of(up2, 3);
  EXPECT_EQ(stream_.check(third, true).verdict, FrameVerdict::kGood);
  EXPECT_EQ(stream_.skipped(), 2U);
  EXPECT_EQ(stream_.check(again, true).verdict, FrameVerdict::kDuplicate);
  EXPECT_EQ(stream_.check(late, true).verdict, FrameVerdict::kDuplicate);
  EXPECT_EQ(stream_.check(same_frame_new_sequence, true).verdict, FrameVerdict::kDuplicate);
  EXPECT_EQ(stream_.received(), 1U);
}

TEST_F(LoadStreamTest, NoticesEachByteThatChanged) {
  const Bytes good = echo_of(make(), 1);
  for (std::size_t at = 0; at < good.size(); ++at) {
    const bool in_time = at >= kHeaderBytes + 5 && at < kHeaderBytes + 13;
    const bool in_ssrc = at >= 4 && at < 8;  // it would be another device's
    if (in_time || in_ssrc) continue;
    LoadStream fresh{9, {.ssrc = kSsrc, .key = key_, .nonce = nonce()}};
    Bytes bad = good;
    bad[at] ^= 0x80;
    EXPECT_NE(fresh.check(bad, true).verdict, FrameVerdict::kGood) << at;
  }
}

TEST(PacingTrack, MeasuresHowMuchLaterThanTheSteadyPaceFramesCame) {
  PacingTrack track;
  track.add(3, 0);  // of the lead: not paced
  for (std::uint32_t i = 10; i < 20; ++i)
    track.add(i, std::int64_t{i} * 60'000'000 + (i == 15 ? 4'000'000 : 0));
  Percentiles errors;
  track.visit_errors([&](float error_ms) { errors.add(error_ms); });
  EXPECT_EQ(errors.count(), 10U);
  EXPECT_EQ(errors.at(0.5), 0.0);
  EXPECT_FLOAT_EQ(static_cast<float>(*errors.at(1)), 4.0F);
}

TEST(Percentiles, GiveTheSampleBelowWhichAShareLies) {
  Percentiles samples;
  EXPECT_FALSE(samples.at(0.5));
  for (int i = 100; i > 0; --i) samples.add(static_cast<float>(i));
  EXPECT_EQ(samples.at(0), 1.0);
  EXPECT_EQ(samples.at(0.5), 51.0);
  EXPECT_EQ(samples.at(0.99), 100.0);
  EXPECT_EQ(samples.at(1), 100.0);
}

}  // namespace
}  // namespace earshot::simulator
