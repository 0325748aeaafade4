// Where the downlink of a session goes, and whose uplink is heard: learned from the uplink, because the device
// never tells it (device-protocol 4.5). Pure.
//
// A NAT may rebind in mid-session, so the address can change; but an address taken from any datagram lets an
// attacker who has guessed or seen an ssrc redirect the downlink (reference gateway, fault 3). So a new
// address must prove itself, and until then it changes nothing that the device depends on:
// - It proves by datagrams in a row, each later than all that was taken and with sound in it. Who has no key
//   makes one such in 43, and garbage from an address takes back what it has proved.
// - The address we know must be silent meanwhile, and its silence counts only while the device is expected to
//   send: a device that is spoken to is silent by protocol.
// - Another port of the same IP is what a NAT does in mid-session. Another IP hardly ever happens without a
//   new connection, and is what an attacker has: it needs more of both.
// The first address is taken at once, because speech may have to go there before the device says a word. Until
// it has proved itself too, it gives way to the first one that does.
//
// Bounded: one candidate a session. It keeps its place while it goes on proving, so that strangers cannot
// keep a device from coming back by taking turns with it.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "gateway/doors/mqtt_udp/replay_window.h"
#include "gateway/doors/mqtt_udp/udp_address.h"

namespace earshot::gateway {

enum class PeerVerdict {
  kKnown,
  kLearned,    // first datagram of the session
  kCandidate,  // another address, not trusted yet: it is not heard
  kChanged,    // it is trusted from now on; the device goes on from this sequence
  kCorrected,  // as kChanged, but the address before had proved nothing: it was never the device
};

// One datagram of the session whose payload was found plausible.
struct PeerEvidence {
  std::uint32_t sequence = 0;
  bool newest =
      false;  // later than all that was taken; while the address we know has proved nothing: plausible
  Content content = Content::kNothing;
  // Since when the device is expected to send; nullopt: it is not.
  std::optional<SteadyTime> expected_since;
};

class PeerAddress {
 public:
  // 5 frames of 60 ms: as long as kSilence, and random bytes pass once in 43^5 tries.
  static constexpr int kProofs = 5;
  static constexpr Milliseconds kSilence{300};
  // Of another IP: a device whose Wi-Fi stalls is mostly back within this.
  static constexpr int kFarProofs = 25;
  static constexpr Milliseconds kFarSilence{3000};
  static constexpr Milliseconds kChangeInterval{1000};

  PeerVerdict observe(UdpAddress from, const PeerEvidence& evidence, SteadyTime now);
  // observe() of a proof from current(): the way of nearly every datagram.
  void heard(SteadyTime now) {
    last_heard_ = now;
    proofs_ = 0;
    if (own_proofs_ < kProofs) ++own_proofs_;
  }
  // It was the device's for another gateway.
  void go_on_with(UdpAddress address, SteadyTime now) {
    become(address, now);
    own_proofs_ = kProofs;
  }
  // What came from there does not decrypt to Opus.
  void garbage(UdpAddress from);

  std::optional<UdpAddress> current() const { return current_; }
  bool proved() const { return own_proofs_ >= kProofs; }  // current()

 private:
  bool proves(UdpAddress from, std::uint32_t sequence, SteadyTime now);
  bool may_change(const PeerEvidence& evidence, SteadyTime now) const;
  void become(UdpAddress from, SteadyTime now);

  std::optional<UdpAddress> current_;
  int own_proofs_ = 0;       // of current_, up to kProofs
  SteadyTime last_heard_{};  // current_, with sound
  SteadyTime last_change_{};
  UdpAddress candidate_;
  int proofs_ = 0;  // of candidate_, up to kFarProofs
  std::uint32_t last_proof_ = 0;
  SteadyTime proved_at_{};
};

}  // namespace earshot::gateway
