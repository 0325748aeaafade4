#include "gateway/doors/mqtt_udp/peer_address.h"

#include <algorithm>

namespace earshot::gateway {

PeerVerdict PeerAddress::observe(UdpAddress from, const PeerEvidence& evidence, SteadyTime now) {
  if (!current_) {
    become(from, now);
    return PeerVerdict::kLearned;
  }
  const bool proof = evidence.newest && evidence.content == Content::kSound;
  if (from == *current_) {
    if (proof) heard(now);
    return PeerVerdict::kKnown;
  }
  if (!proof) return PeerVerdict::kCandidate;
  if (!proves(from, evidence.sequence, now) || !may_change(evidence, now)) return PeerVerdict::kCandidate;
  const bool was_nobody = !proved();
  become(from, now);
  own_proofs_ = kProofs;
  return was_nobody ? PeerVerdict::kCorrected : PeerVerdict::kChanged;
}

void PeerAddress::garbage(UdpAddress from) {
  if (from == candidate_) proofs_ = 0;
  if (from == current_ && !proved()) own_proofs_ = 0;
}

// Adds to what the address has proved.
// RETURNS: whether it is the candidate now.
bool PeerAddress::proves(UdpAddress from, std::uint32_t sequence, SteadyTime now) {
  if (from != candidate_) {
    if (proofs_ > 0 && now - proved_at_ < kSilence) return false;
    candidate_ = from;
    proofs_ = 0;
  }
  if (proofs_ > 0 && sequence <= last_proof_) return false;  // late, or a copy
  if (proofs_ > 0 && sequence - last_proof_ > ReplayWindow::kMaxStep) proofs_ = 0;
  proofs_ = std::min(proofs_ + 1, kFarProofs);
  last_proof_ = sequence;
  proved_at_ = now;
  return true;
}

bool PeerAddress::may_change(const PeerEvidence& evidence, SteadyTime now) const {
  if (!evidence.expected_since) return false;
  if (!proved()) return proofs_ >= kProofs;
  const bool far = candidate_.ip != current_->ip;
  if (proofs_ < (far ? kFarProofs : kProofs)) return false;
  const auto silence = now - std::max(last_heard_, *evidence.expected_since);
  return silence >= (far ? kFarSilence : kSilence) && now - last_change_ >= kChangeInterval;
}

void PeerAddress::become(UdpAddress from, SteadyTime now) {
  current_ = from;
  last_heard_ = now;
  last_change_ = now;
  own_proofs_ = 0;
  proofs_ = 0;
}

}  // namespace earshot::gateway
