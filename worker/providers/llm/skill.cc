#include "worker/providers/llm/skill.h"

#include <algorithm>
#include <array>

#include "common/json/json.h"

namespace earshot::worker {

bool ToolAnswer::failed() const {
  if (is_error) return true;
  constexpr std::size_t kMaxAnswerBytes = 16 * 1024;
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  auto value = json::parse_value(lower, kMaxAnswerBytes);
  if (!value) return false;
  if (const bool* done = value->if_bool()) return !*done;
  if (value->is_string()) return value->get_string() == "false";
  const json::object* object = value->if_object();
  if (object == nullptr) return false;
  return std::ranges::any_of(std::array<std::string_view, 4>{"success", "ok", "result", "status"},
                             [&](std::string_view key) { return json::find_bool(*object, key) == false; });
}

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
