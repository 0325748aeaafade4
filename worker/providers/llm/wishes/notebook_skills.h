// Timers, reminders and lists: what the user wants becomes a call of the worker's own tools (worker/tools), and
// their answers are told. Pure.
#pragma once

#include "worker/providers/llm/skill.h"
#include "worker/providers/llm/wishes/wish.h"

namespace earshot::worker {

BrainStep set_reminder(const Wish& wish, const SkillInput& input);  // timers, too
BrainStep tell_reminders(const Wish& wish, const SkillInput& input);
BrainStep cancel_reminders(const Wish& wish, const SkillInput& input);
BrainStep change_list(const Wish& wish, const SkillInput& input);
BrainStep tell_list(const Wish& wish, const SkillInput& input);

// As the device will say it: "my" is "your" then, 我 is 你.
std::string as_told_to_user(std::string_view text);

}  // namespace earshot::worker
