#include "gateway/live/workers/reportable_sessions.h"

namespace earshot::gateway {

void ReportableSessions::opened(Ssrc ssrc, std::string session_id) {
  // It refused the session before, and is asked again.
  std::erase_if(ended_, [ssrc](const auto& one) { return one.first == ssrc; });
  ids_.insert_or_assign(ssrc, std::move(session_id));
}

void ReportableSessions::ended(Ssrc ssrc, SteadyTime now) {
  ended_.emplace_back(ssrc, now + kAfterwards);
  while (!ended_.empty() && (ended_.size() > kMaxEnded || ended_.front().second <= now)) {
    ids_.erase(ended_.front().first);
    ended_.pop_front();
  }
}

void ReportableSessions::asked_to_say(Ssrc ssrc, std::string id) {
  say_order_.push_back(id);
  says_.insert_or_assign(std::move(id), ssrc);
  while (say_order_.size() > kMaxSays) {
    says_.erase(say_order_.front());
    say_order_.pop_front();
  }
}

bool ReportableSessions::may_report(Ssrc ssrc, std::string_view session_id) const {
  const auto found = ids_.find(ssrc);
  return found != ids_.end() && found->second == session_id;
}

bool ReportableSessions::take_say(Ssrc ssrc, const std::string& id) {
  const auto found = says_.find(id);
  if (found == says_.end() || found->second != ssrc) return false;
  says_.erase(found);
  return true;
}

}  // namespace earshot::gateway
