// Where the downlink of a session goes: learned from the uplink, because the device never tells it
// (device-protocol 4.5). Pure.
//
// A NAT may rebind in mid-session, so the address can change; but an address taken from any datagram lets an
// attacker who has guessed or seen an ssrc redirect the downlink (reference gateway, fault 3). So a new
// address must prove itself: kProofs newer, plausible datagrams in a row while the old address has been
// silent for kSilence, and at most one change each kChangeInterval. The uplink is heard meanwhile; the device
// loses about 200 ms of downlink.
#pragma once

#include <optional>

#include "common/base/clock.h"
#include "gateway/media/udp_address.h"

namespace earshot::gateway {

enum class PeerVerdict {
  kKnown,
  kLearned,    // first datagram of the session
  kCandidate,  // another address, not trusted yet
  kChanged,
};

// One datagram of the session whose payload was found plausible and whose sequence was taken.
struct PeerEvidence {
  bool newest = false;       // its sequence is higher than all before
  bool informative = false;  // it holds sound of the announced frame duration, not just an empty payload
};

class PeerAddress {
 public:
  static constexpr int kProofs = 3;
  static constexpr Milliseconds kSilence{150};
  static constexpr Milliseconds kChangeInterval{1000};

  PeerVerdict observe(UdpAddress from, PeerEvidence evidence, SteadyTime now);
  std::optional<UdpAddress> current() const { return current_; }

 private:
  std::optional<UdpAddress> current_;
  SteadyTime last_heard_{};  // from current_
  SteadyTime last_change_{};
  UdpAddress candidate_;
  int proofs_ = 0;
};

}  // namespace earshot::gateway
