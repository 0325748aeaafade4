#include "worker/providers/llm/skill.h"

#include <algorithm>

namespace earshot::worker {

bool SkillInput::has_tool(std::string_view name) const {
  return std::ranges::any_of(*tools, [&](const ToolSpec& one) { return one.name == name; });
}

const ToolAnswer* SkillInput::answer_of(std::string_view name) const {
  const auto found = std::ranges::find(answers, name, &ToolAnswer::name);
  return found == answers.end() ? nullptr : &*found;
}

BrainStep BrainStep::say(Reply reply, const SkillInput& input, std::string_view argument) {
  return {.emotion = std::string(reply_emotion(reply)),
          .text = reply_text(reply, input.language, argument),
          .calls = {}};
}

// The face shows that something is going on;
// it also lets the device hear of the turn before the tool is done.
BrainStep BrainStep::call(std::string_view tool, std::string arguments) {
  return {.emotion = "thinking",
          .text = {},
          .calls = {{.name = std::string(tool), .arguments = std::move(arguments)}}};
}

}  // namespace earshot::worker
