// A turn begun on the words so far, while the user may still go on. What it shows and says is held back; when
// the user has finished with just these words it is released, otherwise it never happened.
//
// Runs on: the conversation's executor.
// Owns: what is held back, and the turn until it is let out. Destroying it does not cancel the turn: whoever
// drops a speculation does.
#pragma once

#include <memory>
#include <string>

#include "worker/conversation/held_output.h"
#include "worker/conversation/turn.h"
#include "worker/hearing/speech_capture.h"

namespace earshot::worker {

class Speculation {
 public:
  Speculation(UtteranceId utterance, const std::string& words, std::shared_ptr<Turn> turn);

  // Is this what the turn answers? Case, blanks and punctuation do not count: a final transcript differs from
  // the interim one in these.
  bool answers(UtteranceId utterance, const std::string& words) const;
  const std::shared_ptr<Turn>& turn() const { return turn_; }

  UtteranceId utterance() const { return utterance_; }
  HeldOutput& held() { return held_; }

 private:
  UtteranceId utterance_;
  std::string words_;  // folded
  std::shared_ptr<Turn> turn_;
  HeldOutput held_;
};

}  // namespace earshot::worker
