// A dialogue and its tools in the JSON of OpenAI's chat completions (provider-protocol 1.1). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "common/json/json.h"
#include "worker/providers/llm/tool_names.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

// Servers refuse a dialogue in which calls and answers do not match, as an interrupted turn or a shortened
// history leaves it: an answer without its call is left out, a call without an answer gets one that says so. Words of the user in a row
// (they went on before they heard an answer) are one message: many models insist on taking turns.
json::array openai_messages(const LlmRequest& request, const ToolNames& names);
json::array openai_tools(const LlmRequest& request, const ToolNames& names, std::size_t most);
// Takes tools out until there are at most `most`: from the middle, because the device's most usual ones stand
// first and the worker's own ones last.
void shorten_tools(json::array& tools, std::size_t most);

// What is to be answered now, for services that keep the dialogue and the prompt themselves: the user's last
// words, an instruction (kSystem) behind them, or what the tools answered. Empty: nothing.
std::string last_words(const LlmRequest& request);

}  // namespace earshot::worker
