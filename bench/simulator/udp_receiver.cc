#include "bench/simulator/udp_receiver.h"

namespace earshot::simulator {

namespace {
constexpr std::size_t kReceiveBufferBytes = 1500;  // NET/esp_udp.cc
}  // namespace

UdpReceiver::Packet UdpReceiver::receive(ByteView datagram) {
  if (datagram.size() > kReceiveBufferBytes) datagram = datagram.first(kReceiveBufferBytes);
  if (datagram.size() < kHeaderBytes) return {.verdict = UdpVerdict::kTooShort};
  const DatagramHeader header = read_header(datagram);
  if (header.type != kAudioType) return {.verdict = UdpVerdict::kWrongType};
  if (kHeaderBytes + header.payload_bytes != datagram.size()) return {.verdict = UdpVerdict::kLengthMismatch};
  if (header.sequence <= last_sequence_) return {.verdict = UdpVerdict::kStale};
  Packet packet{.verdict = UdpVerdict::kAccepted,
                .opus = cipher_.apply(header_block(datagram), datagram.subspan(kHeaderBytes)),
                .timestamp = header.timestamp,
                .sequence = header.sequence,
                .missing = header.sequence - last_sequence_ - 1};
  last_sequence_ = header.sequence;
  return packet;
}

}  // namespace earshot::simulator
