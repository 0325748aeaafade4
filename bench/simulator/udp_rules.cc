#include "bench/simulator/udp_rules.h"

#include <algorithm>
#include <string>

namespace earshot::simulator {

namespace {

constexpr std::size_t kMaxDatagramBytes = 1400;  // device-protocol 4.5: modems fail above

std::string counted(std::uint32_t now, std::uint32_t before) {
  return std::to_string(now) + " after " + std::to_string(before);
}

}  // namespace

bool UdpRules::received(ByteView datagram, bool from_server, SteadyTime now, Violations& broken) {
  if (!from_server) {
    broken.push_back({Rule::kWrongSourceAddress, "not the address of the hello"});
    return true;
  }
  if (datagram.size() < kHeaderBytes) {
    broken.push_back({Rule::kDatagramTooShort, std::to_string(datagram.size()) + " bytes"});
    return true;
  }
  if (datagram.size() > kMaxDatagramBytes)
    broken.push_back({Rule::kDatagramTooLong, std::to_string(datagram.size()) + " bytes"});
  const auto same = [datagram](const Bytes& one) { return std::ranges::equal(datagram, one); };
  if (drops_copies_ && std::ranges::any_of(latest_, same)) {
    ++copies_;
    return false;
  }
  latest_[packets_ % kRemembered].assign(datagram.begin(), datagram.end());
  check_header(datagram, broken);
  pace_.received(now, broken);
  ++packets_;
  return true;
}

void UdpRules::check_header(ByteView datagram, Violations& broken) {
  const DatagramHeader header = read_header(datagram);
  if (header.type != kAudioType) broken.push_back({Rule::kPacketType, std::to_string(header.type)});
  if (kHeaderBytes + header.payload_bytes != datagram.size()) {
    broken.push_back({Rule::kPayloadLengthMismatch, std::to_string(header.payload_bytes) + " announced, " +
                                                        std::to_string(datagram.size() - kHeaderBytes) +
                                                        " sent"});
  }
  if ((header.flags & kDownlinkFlag) == 0)
    broken.push_back({Rule::kDirectionFlagMissing, "flags " + std::to_string(header.flags)});
  if (packets_ == 0 && header.sequence != 1) {
    broken.push_back({Rule::kFirstSequenceNotOne, std::to_string(header.sequence)});
  } else if (packets_ > 0 && header.sequence <= last_sequence_) {
    broken.push_back({Rule::kSequenceNotIncreasing, counted(header.sequence, last_sequence_)});
  }
  if (packets_ > 0 && header.timestamp <= last_timestamp_)
    broken.push_back({Rule::kTimestampNotGrowing, counted(header.timestamp, last_timestamp_)});
  if (!ledger_.record_downlink(header_block(datagram), header.payload_bytes))
    broken.push_back({Rule::kCounterReuse, "sequence " + std::to_string(header.sequence)});
  last_sequence_ = header.sequence;
  last_timestamp_ = header.timestamp;
}

}  // namespace earshot::simulator
