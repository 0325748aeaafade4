// What the gateway wants said: what waits for its place, and what is being spoken until it is known how much of
// it was heard. Pure.
//
// Runs on: the conversation's executor.
// Owns: at most kMax texts that wait, and one more that was put back. What was cut before anything of it was
// heard (a device that has just said hello begins to listen) comes first again, once.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"

namespace earshot::worker {

struct PendingSay {
  std::string id;
  std::string text;
  bool again = false;  // it was cut before anything of it was heard
  bool operator==(const PendingSay&) const = default;
};

class PendingSays {
 public:
  static constexpr std::size_t kMax = 8;
  static constexpr std::size_t kMaxTextBytes = 4 * 1024;

  explicit PendingSays(std::vector<PendingSay> waiting = {}) : waiting_(waiting.begin(), waiting.end()) {}

  bool add(PendingSay say);               // RETURNS: false: too many wait
  bool has(const std::string& id) const;  // it waits, or is spoken
  // Another worker has begun to speak it in that turn, which goes on.
  void go_on(TurnId turn, const std::string& id);
  std::string spoken_by(TurnId turn) const;  // RETURNS: the id; empty: none
  bool empty() const { return waiting_.empty(); }
  const PendingSay& begin(TurnId turn);        // REQUIRES: !empty(). The next, which that turn speaks
  std::optional<PendingSay> end(TurnId turn);  // RETURNS: what that turn spoke, if anything
  // RETURNS: false: it has been said twice in vain.
  bool put_back(PendingSay& say);
  std::vector<PendingSay> take_all();  // of those that wait

  // In order: what waits, behind what `turn` speaks if nothing of that was heard.
  std::vector<PendingSay> unheard(std::optional<TurnId> turn) const;

 private:
  std::deque<PendingSay> waiting_;
  std::map<TurnId, PendingSay> spoken_;
};

}  // namespace earshot::worker
