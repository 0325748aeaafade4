#include "worker/providers/llm/status_skill.h"

#include "worker/providers/llm/device_status.h"

namespace earshot::worker {

BrainStep tell_battery(const SkillInput& input) {
  if (!input.has_tool(kStatusTool)) return BrainStep::say(Reply::kStatusMissing, input);
  const ToolAnswer* answer = input.answer_of(kStatusTool);
  if (!answer) return BrainStep::call(kStatusTool);
  if (answer->failed()) return BrainStep::say(Reply::kToolFailed, input);
  const DeviceStatus status = read_device_status(answer->text);
  if (!status.battery_level) return BrainStep::say(Reply::kBatteryUnknown, input);
  return BrainStep::say(status.battery_charging ? Reply::kBatteryCharging : Reply::kBatteryLevel, input,
                        std::to_string(*status.battery_level));
}

BrainStep tell_network(const SkillInput& input) {
  if (!input.has_tool(kStatusTool)) return BrainStep::say(Reply::kStatusMissing, input);
  const ToolAnswer* answer = input.answer_of(kStatusTool);
  if (!answer) return BrainStep::call(kStatusTool);
  if (answer->failed()) return BrainStep::say(Reply::kToolFailed, input);
  const DeviceStatus status = read_device_status(answer->text);
  if (!status.has_network) return BrainStep::say(Reply::kNetworkUnknown, input);
  if (status.network_name.empty()) return BrainStep::say(Reply::kNetworkUnnamed, input);
  return BrainStep::say(Reply::kNetworkNamed, input, status.network_name);
}

BrainStep set_theme(bool dark, const SkillInput& input) {
  if (!input.has_tool(kThemeTool)) return BrainStep::say(Reply::kThemeMissing, input);
  const ToolAnswer* answer = input.answer_of(kThemeTool);
  if (!answer) return BrainStep::call(kThemeTool, dark ? R"({"theme":"dark"})" : R"({"theme":"light"})");
  if (answer->is_error) return BrainStep::say(Reply::kToolFailed, input);
  // An unknown theme is the text "false", not an error (device-protocol 8.2).
  if (answer->failed()) return BrainStep::say(Reply::kThemeRefused, input);
  return BrainStep::say(dark ? Reply::kThemeDark : Reply::kThemeLight, input);
}

}  // namespace earshot::worker
