// Time, date, help and farewell: what needs no tool of the device. Pure.
#pragma once

#include "worker/providers/llm/skill.h"

namespace earshot::worker {

BrainStep tell_time(const SkillInput& input);
BrainStep tell_date(const SkillInput& input);
// Lists only what this device and this worker really have.
BrainStep tell_abilities(const SkillInput& input);
// The farewell is said with the call, so that it is heard before the session ends.
BrainStep say_goodbye(const SkillInput& input, Reply farewell = Reply::kGoodbye);

}  // namespace earshot::worker
