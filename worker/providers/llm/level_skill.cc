#include "worker/providers/llm/level_skill.h"

#include <algorithm>

#include "common/json/json.h"

namespace earshot::worker {

const Level kVolume{.tool = kVolumeTool,
                    .argument = "volume",
                    .current = &DeviceStatus::volume,
                    .is = Reply::kVolumeIs,
                    .set = Reply::kVolumeSet,
                    .at_maximum = Reply::kVolumeAtMaximum,
                    .at_minimum = Reply::kVolumeAtMinimum,
                    .unknown = Reply::kVolumeUnknown,
                    .missing = Reply::kVolumeMissing};
const Level kBrightness{.tool = kBrightnessTool,
                        .argument = "brightness",
                        .current = &DeviceStatus::brightness,
                        .is = Reply::kBrightnessIs,
                        .set = Reply::kBrightnessSet,
                        .at_maximum = Reply::kBrightnessAtMaximum,
                        .at_minimum = Reply::kBrightnessAtMinimum,
                        .unknown = Reply::kBrightnessUnknown,
                        .missing = Reply::kBrightnessMissing};

BrainStep set_level(const Level& level, int percent, Reply done, const SkillInput& input) {
  if (!input.has_tool(level.tool)) return BrainStep::say(level.missing, input);
  const int value = std::clamp(percent, 0, 100);
  if (const ToolAnswer* answer = input.answer_of(level.tool)) {
    return BrainStep::say(answer->failed() ? Reply::kToolFailed : done, input, std::to_string(value));
  }
  json::object arguments;
  arguments[level.argument] = value;
  return BrainStep::call(level.tool, json::serialize(arguments));
}

BrainStep move_level(const Level& level, int by, const SkillInput& input) {
  if (!input.has_tool(level.tool)) return BrainStep::say(level.missing, input);
  if (!input.has_tool(kStatusTool)) return BrainStep::say(level.unknown, input);
  const ToolAnswer* answer = input.answer_of(kStatusTool);
  if (!answer) return BrainStep::call(kStatusTool);
  const std::optional<int> current =
      answer->failed() ? std::nullopt : read_device_status(answer->text).*level.current;
  if (!current) return BrainStep::say(level.unknown, input);
  if (by > 0 && *current >= 100) return BrainStep::say(level.at_maximum, input);
  if (by < 0 && *current <= 0) return BrainStep::say(level.at_minimum, input);
  return set_level(level, *current + by, level.set, input);
}

BrainStep tell_level(const Level& level, const SkillInput& input) {
  if (!input.has_tool(kStatusTool)) return BrainStep::say(Reply::kStatusMissing, input);
  const ToolAnswer* answer = input.answer_of(kStatusTool);
  if (!answer) return BrainStep::call(kStatusTool);
  if (answer->failed()) return BrainStep::say(Reply::kToolFailed, input);
  const std::optional<int> current = read_device_status(answer->text).*level.current;
  if (!current) return BrainStep::say(Reply::kStatusMissing, input);
  return BrainStep::say(level.is, input, std::to_string(*current));
}

}  // namespace earshot::worker
