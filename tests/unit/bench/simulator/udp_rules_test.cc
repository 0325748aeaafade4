#include "bench/simulator/udp_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace earshot::simulator {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr milliseconds kFrame{60};

std::vector<Rule> rules(const Violations& broken) {
  std::vector<Rule> out;
  for (const Violation& violation : broken) out.push_back(violation.rule);
  return out;
}

struct Packet {
  std::uint32_t sequence = 1;
  std::uint32_t timestamp = 60;
  std::uint8_t type = 1;
  std::uint8_t flags = kDownlinkFlag;
  std::size_t bytes = 200;
  std::uint16_t announced = 200;

  Bytes datagram() const {
    Bytes out(kHeaderBytes + bytes);
    out[0] = type;
    out[1] = flags;
    store_be16(out.data() + 2, announced);
    store_be32(out.data() + 4, 0x1a2b3c4d);
    store_be32(out.data() + 8, timestamp);
    store_be32(out.data() + 12, sequence);
    return out;
  }
};

class UdpRulesTest : public testing::Test {
 protected:
  std::vector<Rule> receive(const Packet& packet, SteadyTime at, bool from_server = true) {
    Violations broken;
    checks_.received(packet.datagram(), from_server, at, broken);
    return rules(broken);
  }
  // The n-th good packet, in real time.
  std::vector<Rule> good(std::uint32_t n) {
    return receive({.sequence = n, .timestamp = n * 60}, start_ + kFrame * (n - 1));
  }

  UdpRules checks_{kFrame};
  SteadyTime start_{milliseconds(1000)};
};

TEST_F(UdpRulesTest, FindsNothingInAGoodStream) {
  for (std::uint32_t n = 1; n <= 200; ++n) EXPECT_THAT(good(n), IsEmpty()) << n;
  EXPECT_EQ(checks_.packets(), 200U);
  EXPECT_EQ(checks_.max_burst(), 1U);
  EXPECT_DOUBLE_EQ(checks_.max_lead_frames(), 1);
}

TEST_F(UdpRulesTest, NamesTheFaultOfASinglePacket) {
  struct Case {
    Packet packet;
    Rule rule;
  };
  const Case cases[] = {
      {{.sequence = 3, .timestamp = 180, .type = 2}, Rule::kPacketType},
      {{.sequence = 3, .timestamp = 180, .flags = 0}, Rule::kDirectionFlagMissing},
      {{.sequence = 3, .timestamp = 180, .announced = 199}, Rule::kPayloadLengthMismatch},
      {{.sequence = 3, .timestamp = 180, .announced = 201}, Rule::kPayloadLengthMismatch},
      {{.sequence = 3, .timestamp = 180, .bytes = 1385, .announced = 1385}, Rule::kDatagramTooLong},
      {{.sequence = 2, .timestamp = 180}, Rule::kSequenceNotIncreasing},
      {{.sequence = 1, .timestamp = 180}, Rule::kSequenceNotIncreasing},
      {{.sequence = 0, .timestamp = 180}, Rule::kSequenceNotIncreasing},
      {{.sequence = 3, .timestamp = 119}, Rule::kTimestampNotGrowing},
  };
  for (const Case& given : cases) {
    checks_ = UdpRules(kFrame);
    good(1);
    good(2);
    EXPECT_THAT(receive(given.packet, start_ + 3 * kFrame), ElementsAre(given.rule)) << name(given.rule);
  }
}

TEST_F(UdpRulesTest, WantsSequenceOneFirst) {
  EXPECT_THAT(receive({.sequence = 0}, start_), ElementsAre(Rule::kFirstSequenceNotOne));
  checks_ = UdpRules(kFrame);
  EXPECT_THAT(receive({.sequence = 2}, start_), ElementsAre(Rule::kFirstSequenceNotOne));
}

TEST_F(UdpRulesTest, ToleratesAGapInTheSequence) {
  good(1);
  EXPECT_THAT(receive({.sequence = 9, .timestamp = 900}, start_ + kFrame), IsEmpty());
}

TEST_F(UdpRulesTest, FindsAShortDatagramAndAStrangersOne) {
  Violations broken;
  checks_.received(Bytes(15), true, start_, broken);
  EXPECT_THAT(rules(broken), ElementsAre(Rule::kDatagramTooShort));
  EXPECT_THAT(receive({}, start_, false), ElementsAre(Rule::kWrongSourceAddress));
}

TEST_F(UdpRulesTest, FindsCounterBlocksThatOverlapWhenTheTimestampStands) {
  // 200 bytes are 13 blocks: sequence 2 begins inside the blocks of sequence 1.
  receive({.sequence = 1, .timestamp = 60}, start_);
  EXPECT_THAT(receive({.sequence = 2, .timestamp = 60}, start_ + kFrame),
              ElementsAre(Rule::kTimestampNotGrowing, Rule::kCounterReuse));
}

TEST_F(UdpRulesTest, FindsAKeystreamSharedWithTheUplink) {
  Block up{};
  const Bytes mirrored = Packet{.sequence = 1, .timestamp = 0, .flags = 0}.datagram();
  std::copy_n(mirrored.begin(), kHeaderBytes, up.begin());
  checks_.sent(up, 200);
  EXPECT_THAT(receive({.sequence = 1, .timestamp = 0, .flags = 0}, start_), Contains(Rule::kCounterReuse));
}

TEST_F(UdpRulesTest, CountsABurstAndRefusesMoreThanTenFramesInTenMilliseconds) {
  for (std::uint32_t n = 1; n <= 10; ++n)
    EXPECT_THAT(receive({.sequence = n, .timestamp = n * 60}, start_ + milliseconds(n - 1)), IsEmpty()) << n;
  EXPECT_EQ(checks_.max_burst(), 10U);
  EXPECT_THAT(receive({.sequence = 11, .timestamp = 660}, start_ + milliseconds(10)),
              ElementsAre(Rule::kBurst));
}

TEST_F(UdpRulesTest, RefusesALeadOfMoreThan35Frames) {
  std::uint32_t n = 1;
  for (; n <= 36; ++n)
    EXPECT_THAT(receive({.sequence = n, .timestamp = n * 60}, start_ + milliseconds(2 * n)), IsEmpty()) << n;
  EXPECT_THAT(receive({.sequence = n, .timestamp = n * 60}, start_ + milliseconds(2 * n)),
              ElementsAre(Rule::kLeadTooLong));
}

TEST_F(UdpRulesTest, ANewSpeechStartsWithoutLead) {
  for (std::uint32_t n = 1; n <= 30; ++n)
    receive({.sequence = n, .timestamp = n * 60}, start_ + milliseconds(2 * n));
  checks_.speech_started(start_ + milliseconds(100));
  for (std::uint32_t n = 31; n <= 60; ++n) {
    EXPECT_THAT(receive({.sequence = n, .timestamp = n * 60}, start_ + milliseconds(100 + 2 * n)), IsEmpty())
        << n;
  }
}

TEST_F(UdpRulesTest, AllowsHalfTheLeadToAQueueOfHalfTheSize) {
  const auto frames_until_too_far = [](std::size_t queue) {
    PaceRules pace(kFrame, queue);
    SteadyTime now{milliseconds(1000)};
    for (int frames = 1;; ++frames) {
      Violations broken;
      pace.received(now, broken);
      if (!broken.empty()) return frames;
      now += milliseconds(2);
    }
  };
  EXPECT_EQ(frames_until_too_far(40), 37);
  EXPECT_EQ(frames_until_too_far(20), 19);
}

TEST_F(UdpRulesTest, ADatagramThatComesAgainIsForFirmwareThatDropsItOnly) {
  const Packet packet{};
  receive(packet, SteadyTime{});
  EXPECT_THAT(receive(packet, SteadyTime{} + kFrame), IsEmpty());
  EXPECT_EQ(checks_.copies(), 1U);
  EXPECT_EQ(checks_.packets(), 1U);
  checks_ = UdpRules(kFrame, 40, false);
  receive(packet, SteadyTime{});
  EXPECT_THAT(receive(packet, SteadyTime{} + kFrame), Contains(Rule::kSequenceNotIncreasing));
}

}  // namespace
}  // namespace earshot::simulator
