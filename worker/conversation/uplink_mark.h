// How much of what the gateway has given to a conversation need not be given to another worker: it is in the
// checkpoint, or was nothing. Counted in AudioUp, Listen and Abort since SessionOpen, as the gateway counts. Pure.
//
// An utterance is settled when its words are answered, or when it was none. What is heard while nobody speaks is
// settled but for a tail in which somebody may just have begun.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"

namespace earshot::worker {

class UplinkMark {
 public:
  // Before speech is told to have begun, so much of it may have been heard: 60 ms to be noticed, and what the
  // detector looks back for the first syllable, with room.
  static constexpr Milliseconds kTail{900};

  // `frame`: of the uplink; at least 1 ms.
  explicit UplinkMark(Milliseconds frame)
      : tail_(static_cast<std::uint64_t>(kTail / std::max(frame, Milliseconds{1}))) {}

  void audio() { ++count_; }
  void control() { control_at_ = ++count_; }
  // The key went down: all behind it is one utterance.
  void key_down() { utterance_ = count_; }
  void speech_began() {
    if (!utterance_) utterance_ = before(count_);
  }
  // Its words are answered, or there were none.
  void settle() { utterance_.reset(); }

  // `hears`: the ear is open. nullopt: the state now and what came since do not fit together: a device said
  // something in the middle of an utterance that is not settled.
  std::optional<std::uint64_t> settled(bool hears) const {
    if (utterance_ && *utterance_ < control_at_) return std::nullopt;
    if (utterance_) return utterance_;
    return hears ? before(count_) : count_;
  }
  void saved(std::uint64_t at) { saved_ = at; }
  // Nothing but sound has come since the last checkpoint.
  bool is_saved() const { return control_at_ <= saved_; }
  bool in_utterance() const { return utterance_.has_value(); }

 private:
  std::uint64_t before(std::uint64_t at) const { return std::max(at - std::min(at, tail_), control_at_); }

  std::uint64_t tail_;
  std::uint64_t count_ = 0;
  std::uint64_t control_at_ = 0;
  std::uint64_t saved_ = 0;
  std::optional<std::uint64_t> utterance_;
};

}  // namespace earshot::worker
