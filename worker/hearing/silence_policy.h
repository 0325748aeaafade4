// How much silence ends what the user says: adapts to the speaker and to the words so far. Pure.
#pragma once

#include "common/base/clock.h"
#include "worker/hearing/utterance_completeness.h"

namespace earshot::worker {

struct SilencePolicyConfig {
  Milliseconds nominal{600};  // what a session starts with
  Milliseconds min{400};
  Milliseconds max{1000};
};

// The cost of a turn that ends too early (the user is cut off) is much greater than that of 100 ms of
// waiting, and one sees only the pauses that the silence in force has survived. So the speaker's silence is a
// running estimate that rises ten times as fast as it falls: a pause that comes within kMargin of ending the
// turn raises it by what is missing, at most 100 ms; any shorter one lowers it by 10 ms. It settles where
// about one pause in eleven comes that close. From 600 ms, twenty fluent pauses reach 400 ms, four long ones
// 1,000 ms, and no single pause moves it by more than 100 ms.
// A user who pauses nowhere keeps the nominal silence.
//
// The words decide between the speaker's silence and the bounds:
//  - unfinished ("turn on the", 然后): max. Whoever stops there looks for a word, and that takes longest;
//  - finished ("what time is it?"): halfway to min, 500 ms at first. Not min: recognisers put full stops
//    behind what they have heard so far, and a second sentence may follow a first;
//  - unknown, and recognisers without interim texts: the speaker's.
class SilencePolicy {
 public:
  // Two uplink packets of 60 ms, and the detector's own hang-over.
  static constexpr Milliseconds kMargin{150};

  // Bounds that contradict each other give way to the nominal silence.
  explicit SilencePolicy(const SilencePolicyConfig& config);

  // The user went on after so long: inside an utterance, or right after its end, which was too early then.
  void on_pause(Milliseconds length);

  Milliseconds silence(Completeness words) const;

  Milliseconds speaker() const { return speaker_; }  // the running estimate
  void go_on(Milliseconds speaker);  // from an estimate of another time, as far as the bounds allow

 private:
  Milliseconds min_;
  Milliseconds max_;
  Milliseconds speaker_;
};

}  // namespace earshot::worker
