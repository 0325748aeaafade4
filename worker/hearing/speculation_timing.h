// How long a pause must be before the reply is prepared on a guess. Pure.
//
// Each 20 ms earlier are heard: the brain's first word, and with it the first sound, come as much sooner. Each
// guess in a pause inside a sentence is a request to the brain for nothing. So:
//  - words that look finished: at once, at kLeast;
//  - nobody can tell: after a while that begins at the nominal pause and learns from this speaker. A guess that
//    was wasted makes it longer by kStep, one that was right shorter by a fifth of that: it settles where one
//    guess in six is wasted, or near the silence that ends the utterance;
//  - unfinished words ("turn on the"): not before the silence that ends a plain utterance is nearly over;
//  - in no case before a recogniser that hears word by word can have told the last word, or each guess is on all
//    words but one. Its lag (RecogniserLag) is learnt from each utterance. A word that comes in the pause
//    is taken for the last one when it makes the words look finished, or comes after a third of the lag (which
//    varies as much, because the last sound of a word may be too soft for the detector); then nothing more is
//    waited for. One that is asked for its words when the voice
//    pauses has none to wait for.
#pragma once

#include <optional>

#include "common/base/clock.h"
#include "worker/hearing/utterance_completeness.h"

namespace earshot::worker {

class SpeculationTiming {
 public:
  // The detector's own hang-over is behind the last word already; the recogniser's text follows within this.
  static constexpr Milliseconds kLeast{60};
  static constexpr Milliseconds kStep{100};
  // So much in front of the end of the utterance a guess gains nothing that is worth a request.
  static constexpr Milliseconds kWorthIt{80};
  static constexpr Milliseconds kLagMargin{60};  // a packet of the uplink

  // `nominal`: 0: never guess. `lag`: as far as is known.
  SpeculationTiming(Milliseconds nominal, Milliseconds lag)
      : nominal_(nominal), unknown_(nominal), lag_(lag) {}

  struct Words {
    Completeness look = Completeness::kUnknown;
    bool streamed = false;  // some were told while the user spoke
    std::optional<Milliseconds>
        last_word;  // so long into the pause another one was told; nullopt: none since
  };
  // RETURNS: 0: not at all. `silence`: what ends the utterance as things are.
  Milliseconds pause(const Words& words, Milliseconds silence) const;

  void wasted();
  void right();
  // An utterance is over: so long behind its last voiced frame its last word was told; 0: before.
  void learn_lag(Milliseconds last_word);
  Milliseconds lag() const { return lag_; }

 private:
  bool has_caught_up(const Words& words) const {
    return words.last_word && (words.look == Completeness::kFinished || 3 * *words.last_word >= lag_);
  }

  Milliseconds nominal_;
  Milliseconds unknown_;
  Milliseconds lag_;
};

}  // namespace earshot::worker
