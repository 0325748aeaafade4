#include "gateway/live/session/earlier_dialogues.h"

#include <utility>

namespace earshot::gateway {

std::vector<DeviceId> EarlierDialogues::keep(Dialogue dialogue) {
  std::vector<DeviceId> pushed_out;
  forget(dialogue.device);
  const std::size_t bytes = dialogue.checkpoint.size();
  if (bytes == 0 || bytes > limits_.bytes || limits_.dialogues == 0) return pushed_out;
  while (all_.size() >= limits_.dialogues || bytes_ > limits_.bytes - bytes)
    pushed_out.push_back(extract(all_.begin()).device);
  bytes_ += bytes;
  all_.push_back(std::move(dialogue));
  by_device_.emplace(all_.back().device, std::prev(all_.end()));
  return pushed_out;
}

std::optional<EarlierDialogues::Dialogue> EarlierDialogues::take(const DeviceId& device,
                                                                 const std::string& agent,
                                                                 Milliseconds within, SteadyTime now) {
  const auto found = by_device_.find(device);
  if (found == by_device_.end()) return std::nullopt;
  Dialogue dialogue = extract(found->second);
  if (dialogue.agent != agent || dialogue.ended + within <= now) return std::nullopt;
  return dialogue;
}

const EarlierDialogues::Dialogue* EarlierDialogues::find(const DeviceId& device) const {
  const auto found = by_device_.find(device);
  return found == by_device_.end() ? nullptr : &*found->second;
}

bool EarlierDialogues::forget(const DeviceId& device) {
  const auto found = by_device_.find(device);
  if (found == by_device_.end()) return false;
  extract(found->second);
  return true;
}

std::vector<DeviceId> EarlierDialogues::expire(Milliseconds within, SteadyTime now) {
  std::vector<DeviceId> expired;
  while (!all_.empty() && all_.front().ended + within <= now) expired.push_back(extract(all_.begin()).device);
  return expired;
}

std::optional<SteadyTime> EarlierDialogues::next_deadline(Milliseconds within) const {
  if (all_.empty()) return std::nullopt;
  return all_.front().ended + within;
}

EarlierDialogues::Dialogue EarlierDialogues::extract(All::iterator one) {
  Dialogue dialogue = std::move(*one);
  bytes_ -= dialogue.checkpoint.size();
  by_device_.erase(dialogue.device);
  all_.erase(one);
  return dialogue;
}

}  // namespace earshot::gateway
