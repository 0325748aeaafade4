#include "worker/conversation/pending_says.h"

#include <iterator>
#include <utility>

namespace earshot::worker {

bool PendingSays::add(PendingSay say) {
  if (waiting_.size() >= kMax) return false;
  waiting_.push_back(std::move(say));
  return true;
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
