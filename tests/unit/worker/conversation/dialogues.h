// Short ways to write down a dialogue, and to read one. For the tests beside it.
#pragma once

#include <string>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

inline Message message(Message::Role role, const std::string& text) {
  return {.role = role, .text = text, .tool_calls = {}, .tool_call_id = {}, .is_error = false};
}
inline Message user(const std::string& text) {
  return message(Message::Role::kUser, text);
}
inline Message assistant(const std::string& text, std::vector<ToolCall> calls = {}) {
  Message made = message(Message::Role::kAssistant, text);
  made.tool_calls = std::move(calls);
  return made;
}
inline ToolCall call(const std::string& id) {
  return {.id = id, .name = "self.a", .arguments = "{}"};
}
inline Message answer(const std::string& id, const std::string& text) {
  Message made = message(Message::Role::kTool, text);
  made.tool_call_id = id;
  return made;
}

// "user: hi", "assistant: One. +c1", "tool c1: true"
inline std::vector<std::string> lines(const std::vector<Message>& dialogue) {
  std::vector<std::string> out;
  for (const Message& one : dialogue) {
    const char* const names[] = {"system", "user", "assistant", "tool"};
    std::string line = names[static_cast<int>(one.role)];
    if (!one.tool_call_id.empty()) line += " " + one.tool_call_id;
    line += ": " + one.text;
    for (const ToolCall& made : one.tool_calls) line += " +" + made.id;
    out.push_back(line);
  }
  return out;
}

}  // namespace earshot::worker
