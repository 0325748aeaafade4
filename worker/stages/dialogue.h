// What is said and what may be called: the words shared by the brain, the tools and the conversation. Pure.
#pragma once

#include <string>
#include <vector>

namespace earshot::worker {

struct ToolSpec {
  std::string name;
  std::string description;
  std::string input_schema;  // JSON Schema as text
};

struct ToolCall {
  std::string id;  // made by the brain, unique in the dialogue
  std::string name;
  std::string arguments;  // JSON object as text
  // The model wrote something else as arguments: the call is answered with an error that says so, and the
  // model may try again. `arguments` is "{}" then.
  bool unusable = false;
};

struct Message {
  enum class Role { kSystem, kUser, kAssistant, kTool };
  Role role = Role::kUser;
  std::string text;                  // of kTool: the tool's answer
  std::vector<ToolCall> tool_calls;  // of kAssistant
  std::string tool_call_id;          // of kTool
  bool is_error = false;             // of kTool: the call failed; text says why
  // Of kUser: what may help with an answer and nobody has said now. It goes in front of the text, to services that
  // understand language; it is never kept with the dialogue.
  std::string aside = {};
};

}  // namespace earshot::worker
