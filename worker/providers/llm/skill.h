// What a skill sees of a turn, and what it wants next. A skill is a pure function from one to the other: it
// is asked again after each round of tool answers, until it says something.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/providers/llm/replies.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

inline constexpr std::string_view kStatusTool = "self.get_device_status";
inline constexpr std::string_view kVolumeTool = "self.audio_speaker.set_volume";
inline constexpr std::string_view kBrightnessTool = "self.screen.set_brightness";
inline constexpr std::string_view kThemeTool = "self.screen.set_theme";

struct ToolAnswer {
  std::string name;
  std::string text;
  bool is_error = false;

  // The device did not do it: an error, or the text "false" (device-protocol 8.2), which firmware answers to an
  // order that it cannot carry out; also {"success": false} and its like.
  bool failed() const;
};

struct SkillInput {
  const std::vector<ToolSpec>* tools = nullptr;  // on offer in this session; for the call only
  std::vector<ToolAnswer> answers;               // of this turn, in order
  std::string language;                          // of the reply

  bool has_tool(std::string_view name) const;
  const ToolAnswer* answer_of(std::string_view name) const;  // nullptr: not called in this turn
};

struct BrainStep {
  struct Call {
    std::string name;
    std::string arguments = "{}";
  };
  std::string emotion;
  std::string text;
  std::vector<Call> calls;

  static BrainStep say(Reply reply, const SkillInput& input, std::string_view argument = "");
  static BrainStep call(std::string_view tool, std::string arguments = "{}");
};

}  // namespace earshot::worker
