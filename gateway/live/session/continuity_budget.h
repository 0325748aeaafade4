// How much memory all sessions of a shard may hold so that other workers can go on with them. Pure.
//
// Runs on: the shard's thread.
#pragma once

#include <cstddef>

namespace earshot::gateway {

class ContinuityBudget {
 public:
  // Some 20 kB a session (a dialogue has 12, an utterance 8) for 10,000 sessions.
  static constexpr std::size_t kShardBytes = 256 * 1024 * 1024;

  explicit ContinuityBudget(std::size_t bytes = kShardBytes) : left_(bytes) {}

  bool take(std::size_t bytes) {  // RETURNS: false: there is not so much left, and nothing was taken
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void give(std::size_t bytes) { left_ += bytes; }
  std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

}  // namespace earshot::gateway
