#include "bench/simulator/udp_receiver.h"

#include <gtest/gtest.h>

namespace earshot::simulator {
namespace {

constexpr Block kReceiverKey{1, 2, 3};

Bytes datagram(std::uint32_t sequence, const Bytes& opus = {0xf8, 1, 2}, std::uint8_t type = 1) {
  AesCtr cipher(kReceiverKey);
  Block nonce{type, kDownlinkFlag, 0, 0, 9, 9, 9, 9};
  return seal(cipher, uplink_header(nonce, opus.size(), sequence * 60, sequence), opus);
}

TEST(UdpReceiver, DecryptsWhatItAccepts) {
  UdpReceiver receiver(kReceiverKey);
  const auto packet = receiver.receive(datagram(1, {0xf8, 7, 8, 9}));
  EXPECT_EQ(packet.verdict, UdpVerdict::kAccepted);
  EXPECT_EQ(packet.opus, (Bytes{0xf8, 7, 8, 9}));
  EXPECT_EQ(packet.timestamp, 60U);
}

TEST(UdpReceiver, NeverAcceptsSequenceZero) {
  UdpReceiver receiver(kReceiverKey);
  EXPECT_EQ(receiver.receive(datagram(0)).verdict, UdpVerdict::kStale);
}

TEST(UdpReceiver, DropsDuplicatesAndLatePackets) {
  UdpReceiver receiver(kReceiverKey);
  receiver.receive(datagram(5));
  EXPECT_EQ(receiver.receive(datagram(5)).verdict, UdpVerdict::kStale);
  EXPECT_EQ(receiver.receive(datagram(4)).verdict, UdpVerdict::kStale);
  EXPECT_EQ(receiver.receive(datagram(6)).verdict, UdpVerdict::kAccepted);
}

TEST(UdpReceiver, AcceptsAGapOfAnySizeAndCountsIt) {
  UdpReceiver receiver(kReceiverKey);
  receiver.receive(datagram(1));
  const auto packet = receiver.receive(datagram(1000));
  EXPECT_EQ(packet.verdict, UdpVerdict::kAccepted);
  EXPECT_EQ(packet.missing, 998U);
}

TEST(UdpReceiver, WantsTypeOneAndTheExactLength) {
  UdpReceiver receiver(kReceiverKey);
  EXPECT_EQ(receiver.receive(datagram(1, {1}, 2)).verdict, UdpVerdict::kWrongType);
  Bytes longer = datagram(1);
  longer.push_back(0);
  EXPECT_EQ(receiver.receive(longer).verdict, UdpVerdict::kLengthMismatch);
  Bytes shorter = datagram(1);
  shorter.pop_back();
  EXPECT_EQ(receiver.receive(shorter).verdict, UdpVerdict::kLengthMismatch);
  EXPECT_EQ(receiver.receive(Bytes(15)).verdict, UdpVerdict::kTooShort);
  EXPECT_EQ(receiver.receive({}).verdict, UdpVerdict::kTooShort);
}

TEST(UdpReceiver, CutsADatagramAtItsBufferSoThatItsLengthIsWrong) {
  UdpReceiver receiver(kReceiverKey);
  EXPECT_EQ(receiver.receive(datagram(1, Bytes(1484))).verdict, UdpVerdict::kAccepted);
  EXPECT_EQ(receiver.receive(datagram(2, Bytes(1485))).verdict, UdpVerdict::kLengthMismatch);
}

TEST(UdpReceiver, ARefusedPacketDoesNotMoveTheSequence) {
  UdpReceiver receiver(kReceiverKey);
  receiver.receive(datagram(9, {1}, 3));
  EXPECT_EQ(receiver.receive(datagram(1)).verdict, UdpVerdict::kAccepted);
}

}  // namespace
}  // namespace earshot::simulator
