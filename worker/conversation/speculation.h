// A turn begun on the words so far, while the user may still go on. What it shows and says is held back; when
// the user has finished with just these words it is released, otherwise it never happened.
//
// Runs on: the conversation's executor.
// Owns: what is held back, and the turn until release(). Destroying it does not cancel the turn: whoever
// drops a speculation does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc.pb.h"
#include "worker/conversation/speech_capture.h"
#include "worker/conversation/turn.h"

namespace earshot::worker {

class Speculation {
 public:
  // A pause lasts a second or so; a fast synthesis makes some 40 kB of speech in it.
  static constexpr std::size_t kMaxHeldBytes = 1024 * 1024;

  struct Released {
    std::vector<ipc::Envelope> envelopes;  // in the order of the turn
    std::optional<TurnOutcome> outcome;    // the turn is over already
  };

  Speculation(UtteranceId utterance, const std::string& words, std::shared_ptr<Turn> turn);

  // Is this what the turn answers? Case, blanks and punctuation do not count: a final transcript differs from
  // the interim one in these.
  bool answers(UtteranceId utterance, const std::string& words) const;
  const std::shared_ptr<Turn>& turn() const { return turn_; }

  bool hold(ipc::Envelope envelope);  // RETURNS: false when too much is held; then it must be dropped
  void hold(TurnOutcome outcome) { released_.outcome = std::move(outcome); }
  Released release() { return std::move(released_); }

 private:
  UtteranceId utterance_;
  std::string words_;  // folded
  std::shared_ptr<Turn> turn_;
  Released released_;
  std::size_t held_bytes_ = 0;
};

}  // namespace earshot::worker
