#include "bench/simulator/pace_rules.h"

#include <algorithm>
#include <string>

namespace earshot::simulator {

namespace {
constexpr std::size_t kMaxBurst = 10;  // five in 10 ms already stop small chips (complaint 11)
constexpr auto kBurstWindow = std::chrono::milliseconds(10);
}  // namespace

void PaceRules::received(SteadyTime now, Violations& broken) {
  recent_.push_back(now);
  while (now - recent_.front() > kBurstWindow) recent_.pop_front();
  max_burst_ = std::max(max_burst_, recent_.size());
  if (recent_.size() > kMaxBurst)
    broken.push_back({Rule::kBurst, std::to_string(recent_.size()) + " frames within 10 ms"});

  played_until_ = std::max(played_until_, now) + frame_time_;
  const double lead = std::chrono::duration<double>(played_until_ - now) / frame_time_;
  max_lead_frames_ = std::max(max_lead_frames_, lead);
  if (lead > most_lead_) broken.push_back({Rule::kLeadTooLong, std::to_string(lead) + " frames ahead"});
}

}  // namespace earshot::simulator
