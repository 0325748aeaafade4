#include "worker/providers/llm/dialogue_ids.h"

namespace earshot::worker {

DialogueId DialogueIds::find(const std::string& session) {
  const auto known = by_session_.find(session);
  if (known == by_session_.end()) return {};
  recent_.splice(recent_.begin(), recent_, known->second);
  return known->second->second;
}

void DialogueIds::remember(const std::string& session, DialogueId id) {
  if (session.empty()) return;
  forget(session);
  recent_.emplace_front(session, std::move(id));
  by_session_[session] = recent_.begin();
  if (recent_.size() <= capacity_) return;
  by_session_.erase(recent_.back().first);
  recent_.pop_back();
}

void DialogueIds::forget(const std::string& session) {
  const auto known = by_session_.find(session);
  if (known == by_session_.end()) return;
  recent_.erase(known->second);
  by_session_.erase(known);
}

}  // namespace earshot::worker
