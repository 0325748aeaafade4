// What a turn shows and says, held back until it is known whether anybody shall hear of it: in the order of the
// turn, and how the turn ended, if it has. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "ipc.pb.h"
#include "worker/conversation/turn.h"

namespace earshot::worker {

class HeldOutput {
 public:
  // Such a wait lasts a few seconds, and AudioOutput makes no more than some ten seconds of speech ahead: 60 kB.
  static constexpr std::size_t kMaxBytes = 1024 * 1024;

  bool hold(ipc::Envelope envelope) {  // RETURNS: false: too much is held
    bytes_ += envelope.ByteSizeLong();
    if (bytes_ > kMaxBytes) return false;
    envelopes_.push_back(std::move(envelope));
    return true;
  }
  void hold(TurnOutcome outcome) { outcome_ = std::move(outcome); }

  const std::optional<TurnOutcome>& outcome() const { return outcome_; }
  std::vector<ipc::Envelope> take_envelopes() {
    bytes_ = 0;
    return std::exchange(envelopes_, {});
  }
  std::optional<TurnOutcome> take_outcome() { return std::exchange(outcome_, std::nullopt); }

 private:
  std::vector<ipc::Envelope> envelopes_;
  std::optional<TurnOutcome> outcome_;
  std::size_t bytes_ = 0;
};

}  // namespace earshot::worker
