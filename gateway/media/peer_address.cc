#include "gateway/media/peer_address.h"

namespace earshot::gateway {

PeerVerdict PeerAddress::observe(UdpAddress from, PeerEvidence evidence, SteadyTime now) {
  if (!current_) {
    current_ = from;
    last_heard_ = now;
    last_change_ = now;
    return PeerVerdict::kLearned;
  }
  if (from == *current_) {
    last_heard_ = now;
    proofs_ = 0;
    return PeerVerdict::kKnown;
  }
  if (!evidence.newest || !evidence.informative) return PeerVerdict::kCandidate;
  if (proofs_ == 0 || from != candidate_) {
    candidate_ = from;
    proofs_ = 0;
  }
  if (proofs_ < kProofs) ++proofs_;
  const bool proven = proofs_ == kProofs && now - last_heard_ >= kSilence;
  if (!proven || now - last_change_ < kChangeInterval) return PeerVerdict::kCandidate;
  current_ = from;
  last_heard_ = now;
  last_change_ = now;
  proofs_ = 0;
  return PeerVerdict::kChanged;
}

}  // namespace earshot::gateway
