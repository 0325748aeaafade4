// How often an utterance may be read again before its end, by an engine that reads it from its beginning. Pure.
#pragma once

#include <cstddef>

namespace earshot::worker {

// All early readings together are at most kTimes as long as what was heard when the latest began: with the one at
// the end an engine reads an utterance four times over at most, however often its speaker pauses. The first pauses
// are always read, later ones of a long speech as the bound allows: of eight pauses a second apart, six are.
class ReadingBudget {
 public:
  static constexpr std::size_t kTimes = 3;

  // May the `heard` samples, all so far, be read now?
  bool allows(std::size_t heard) const { return read_ + heard <= kTimes * heard; }
  void spend(std::size_t heard) { read_ += heard; }

 private:
  std::size_t read_ = 0;
};

}  // namespace earshot::worker
