// Of which sessions a worker may report, and which messages it may say that it has spoken: of its own. A report
// names its session by a text that anybody could write; it is held against what was opened over this link.
// The last report of a session comes after its end, so one that ended is remembered for kAfterwards. Pure.
//
// Bounded: the link's sessions and kMaxEnded more; kMaxSays messages that were not reported yet.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace earshot::gateway {

class ReportableSessions {
 public:
  static constexpr Milliseconds kAfterwards{30'000};  // as long as the conversation log waits for them
  static constexpr std::size_t kMaxEnded = 4096;
  static constexpr std::size_t kMaxSays = 16'384;

  void opened(Ssrc ssrc, std::string session_id);
  void ended(Ssrc ssrc, SteadyTime now);
  // The worker was asked to say this.
  void asked_to_say(Ssrc ssrc, std::string id);

  bool may_report(Ssrc ssrc, std::string_view session_id) const;
  bool knows(Ssrc ssrc) const { return ids_.contains(ssrc); }  // open, or over not long ago
  // Once for each.
  bool take_say(Ssrc ssrc, const std::string& id);

 private:
  std::unordered_map<Ssrc, std::string> ids_;
  std::deque<std::pair<Ssrc, SteadyTime>> ended_;  // until when; oldest first
  std::unordered_map<std::string, Ssrc> says_;
  std::deque<std::string> say_order_;  // oldest first; may name some that are over
};

}  // namespace earshot::gateway
