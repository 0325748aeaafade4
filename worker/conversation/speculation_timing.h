// How long a pause must be before the reply is prepared on a guess. Pure.
//
// Each 20 ms earlier are heard: the brain's first word, and with it the first sound, come as much sooner. Each
// guess in a pause inside a sentence is a request to the brain for nothing. So:
//  - words that look finished: at once, at kLeast;
//  - nobody can tell: after a while that begins at the nominal pause and learns from this speaker. A guess that
//    was wasted makes it longer by kStep, one that was right shorter by a fifth of that: it settles where one
//    guess in six is wasted, or near the silence that ends the utterance;
//  - unfinished words ("turn on the"): not before the silence that ends a plain utterance is nearly over;
//  - in no case before the recogniser can have told the last word, or each guess is on all words but one. Its lag,
//    from the last voiced frame to its last word, is learnt from each utterance and begins at kFirstLag. A word
//    that comes about as late as that is taken for the last one, and nothing more is waited for.
#pragma once

#include <optional>

#include "common/base/clock.h"
#include "worker/conversation/utterance_completeness.h"

namespace earshot::worker {

class SpeculationTiming {
 public:
  // The detector's own hang-over is behind the last word already; the recogniser's text follows within this.
  static constexpr Milliseconds kLeast{60};
  static constexpr Milliseconds kStep{100};
  // So much in front of the end of the utterance a guess gains nothing that is worth a request.
  static constexpr Milliseconds kWorthIt{80};
  static constexpr Milliseconds kFirstLag{140};
  static constexpr Milliseconds kLagMargin{60};  // a packet of the uplink

  // `nominal`: 0: never guess.
  explicit SpeculationTiming(Milliseconds nominal) : nominal_(nominal), unknown_(nominal) {}

  // RETURNS: 0: not at all. `silence`: what ends the utterance as things are. `last_word`: so long into the pause
  // the recogniser told another word; nullopt: it has told none since.
  Milliseconds pause(Completeness words, Milliseconds silence, std::optional<Milliseconds> last_word) const;

  void wasted();
  void right();
  // An utterance is over: so long behind its last voiced frame its last word was told; 0: before.
  void learn_lag(Milliseconds last_word);

 private:
  bool has_caught_up(std::optional<Milliseconds> last_word) const {
    return last_word && 4 * *last_word >= 3 * lag_;
  }

  Milliseconds nominal_;
  Milliseconds unknown_;
  Milliseconds lag_ = kFirstLag;
};

}  // namespace earshot::worker
