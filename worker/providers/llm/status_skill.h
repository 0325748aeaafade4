// Battery, network and theme. Pure.
#pragma once

#include "worker/providers/llm/skill.h"

namespace earshot::worker {

BrainStep tell_battery(const SkillInput& input);
BrainStep tell_network(const SkillInput& input);
BrainStep set_theme(bool dark, const SkillInput& input);

}  // namespace earshot::worker
