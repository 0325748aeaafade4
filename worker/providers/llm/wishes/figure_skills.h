// Sums, conversions, the time elsewhere and the weekday of a date. Pure.
#pragma once

#include "worker/providers/llm/skill.h"
#include "worker/providers/llm/wishes/wish.h"

namespace earshot::worker {

BrainStep tell_sum(const Wish& wish, const SkillInput& input);
BrainStep tell_conversion(const Wish& wish, const SkillInput& input);
BrainStep tell_time_in(const Wish& wish, const SkillInput& input);
BrainStep tell_weekday(const Wish& wish, const SkillInput& input);

}  // namespace earshot::worker
