// Volume and brightness: two levels of 0..100 that are set, moved and read in the same way. Pure.
#pragma once

#include <optional>

#include "worker/providers/llm/device_status.h"
#include "worker/providers/llm/skill.h"

namespace earshot::worker {

struct Level {
  std::string_view tool;
  std::string_view argument;
  std::optional<int> DeviceStatus::*current;
  Reply is, set, at_maximum, at_minimum, unknown, missing;
};

extern const Level kVolume;
extern const Level kBrightness;

BrainStep set_level(const Level& level, int percent, Reply done, const SkillInput& input);
// Reads the status first, because a device only knows absolute values.
BrainStep move_level(const Level& level, int by, const SkillInput& input);
BrainStep tell_level(const Level& level, const SkillInput& input);

}  // namespace earshot::worker
