#include "worker/conversation/pending_says.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace earshot::worker {

bool PendingSays::add(PendingSay say) {
  if (waiting_.size() >= kMax) return false;
  waiting_.push_back(std::move(say));
  return true;
}

bool PendingSays::has(const std::string& id) const {
  return std::ranges::find(waiting_, id, &PendingSay::id) != waiting_.end() ||
         std::ranges::any_of(spoken_, [&](const auto& entry) { return entry.second.id == id; });
}

void PendingSays::go_on(TurnId turn, const std::string& id) {
  const auto found = std::ranges::find(waiting_, id, &PendingSay::id);
  PendingSay say{.id = id, .text = {}};
  if (found != waiting_.end()) {
    say = std::move(*found);
    waiting_.erase(found);
  }
  spoken_.insert_or_assign(turn, std::move(say));
}

std::string PendingSays::spoken_by(TurnId turn) const {
  const auto found = spoken_.find(turn);
  return found == spoken_.end() ? std::string() : found->second.id;
}

const PendingSay& PendingSays::begin(TurnId turn) {
  PendingSay next = std::move(waiting_.front());
  waiting_.pop_front();
  return spoken_.insert_or_assign(turn, std::move(next)).first->second;
}

std::optional<PendingSay> PendingSays::end(TurnId turn) {
  auto spoken = spoken_.extract(turn);
  if (spoken.empty()) return std::nullopt;
  return std::move(spoken.mapped());
}

bool PendingSays::put_back(PendingSay& say) {
  if (std::exchange(say.again, true)) return false;
  waiting_.push_front(std::move(say));
  return true;
}

std::vector<PendingSay> PendingSays::take_all() {
  std::deque<PendingSay> all = std::exchange(waiting_, {});
  return {std::make_move_iterator(all.begin()), std::make_move_iterator(all.end())};
}

std::vector<PendingSay> PendingSays::unheard(std::optional<TurnId> turn) const {
  std::vector<PendingSay> all;
  const auto spoken = turn ? spoken_.find(*turn) : spoken_.end();
  if (spoken != spoken_.end()) all.push_back(spoken->second);
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  return all;
}

}  // namespace earshot::worker
