// What stands in a block that TextCalls took out: one call or several, in the forms that models are trained on
// (Hermes, Qwen, Qwen-Coder, GLM, MiniMax, Mistral). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "worker/providers/llm/tool_names.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

// JSON: {"name", "arguments"}, one or several, or a list of them. Marks: <function=NAME><parameter=KEY>VALUE, the
// same with name="..", <arg_key>KEY</arg_key><arg_value>VALUE</arg_value>: their values get the types that the
// tool's schema names. Names are as written, ids empty.
// RETURNS: empty if no call can be made out.
std::vector<ToolCall> calls_in(std::string_view block, const std::vector<ToolSpec>& tools,
                               const ToolNames& names);

}  // namespace earshot::worker
