// Datagrams that go out again over a network that loses many.
#include "gateway/doors/mqtt_udp/mqtt_udp_leg.h"

#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::SizeIs;

class RepeatedFramesTest : public SessionTest {
 protected:
  void begin(bool drops_copies) {
    make({.mcp = true, .drops_copies = drops_copies});
    open();
  }
  // Three blocks of what the device sends, with every `nth` packet lost; 0: none.
  void listen_to(std::uint32_t nth) {
    for (std::uint32_t i = 1; i <= 3 * UplinkLoss::kBlock; ++i) {
      if (nth != 0 && i % nth == 0) ++up_sequence_;
      now_ += 60ms;
      uplink();
    }
    port_.clear();
  }
  void speak(std::uint32_t turn, int count) {
    speech_start(turn);
    sentence(turn, 1, "Good morning.");
    frames(turn, count);
    for (int i = 0; i < 3 * count; ++i) {
      now_ += 30ms;
      session_->tick(now_);
    }
  }
  // Of each datagram in the order of sending.
  std::vector<std::uint32_t> sequences() const {
    std::vector<std::uint32_t> out;
    for (const auto& [to, datagram] : port_.datagrams) out.push_back(load_be32(datagram.data() + 12));
    return out;
  }
};

TEST_F(RepeatedFramesTest, AGoodNetworkCarriesEachFrameOnce) {
  begin(true);
  listen_to(0);
  speak(1, 10);
  EXPECT_THAT(port_.datagrams, SizeIs(10));
}

TEST_F(RepeatedFramesTest, ABadNetworkCarriesTheLastFrameAgainInFrontOfTheNext) {
  begin(true);
  listen_to(10);
  speak(1, 4);
  EXPECT_EQ(sequences(), (std::vector<std::uint32_t>{1, 1, 2, 2, 3, 3, 4}));
  EXPECT_EQ(port_.datagrams[0], port_.datagrams[1]) << "the same bytes: no counter is used for two frames";
  EXPECT_EQ(counters_.value(SessionEvent::kDownlinkFrame), 4U);
  EXPECT_EQ(counters_.value(SessionEvent::kDownlinkRepeated), 3U);
}

TEST_F(RepeatedFramesTest, FirmwareThatWouldPlayBothGetsEachOnce) {
  begin(false);
  listen_to(10);
  speak(1, 4);
  EXPECT_THAT(port_.datagrams, SizeIs(4));
}

TEST_F(RepeatedFramesTest, NothingOfATurnIsHeardInTheNext) {
  begin(true);
  listen_to(10);
  speak(1, 3);
  speech_flush(1);
  port_.clear();
  speak(2, 2);
  EXPECT_EQ(sequences(), (std::vector<std::uint32_t>{4, 4, 5}));
}

}  // namespace
}  // namespace earshot::gateway
