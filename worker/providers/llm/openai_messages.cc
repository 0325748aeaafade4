#include "worker/providers/llm/openai_messages.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "worker/stages/sentence_join.h"

#include "worker/providers/llm/tool_schema.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kUnintelligible =
    "(The user said something that could not be understood. Ask them to say it again.)";
constexpr std::string_view kNoAnswer = "(no answer: the user interrupted)";

std::string clean(std::string_view text) {
  return json::clean_text(text, text.size() * 3);
}

json::object simple(std::string_view role, std::string_view text) {
  json::object made;
  made["role"] = role;
  made["content"] = clean(text);
  return made;
}

json::object assistant(const Message& message, const ToolNames& names) {
  json::object made = simple("assistant", message.text);
  if (message.tool_calls.empty()) return made;
  json::array calls;
  for (const ToolCall& call : message.tool_calls) {
    json::object function;
    function["name"] = names.to_wire(call.name);
    function["arguments"] = clean(call.arguments);
    json::object entry;
    entry["id"] = clean(call.id);
    entry["type"] = "function";
    entry["function"] = std::move(function);
    calls.emplace_back(std::move(entry));
  }
  made["tool_calls"] = std::move(calls);
  return made;
}

// The answers to the calls of message `at`, in the order of the calls; they stand behind it, before the next
// message of the model.
void append_answers(const std::vector<Message>& dialogue, std::size_t at, json::array& out) {
  for (const ToolCall& call : dialogue[at].tool_calls) {
    std::string text(kNoAnswer);
    for (std::size_t i = at + 1; i < dialogue.size(); ++i) {
      const Message& message = dialogue[i];
      if (message.role == Message::Role::kAssistant && !message.tool_calls.empty()) break;
      if (message.role != Message::Role::kTool || message.tool_call_id != call.id) continue;
      text = message.is_error ? "error: " + message.text : message.text;
      break;
    }
    json::object made = simple("tool", text);
    made["tool_call_id"] = clean(call.id);
    out.emplace_back(std::move(made));
  }
}

// Words in a row are one message: many models insist on taking turns.
void append_words(std::string_view text, json::array& out) {
  json::object* const last = out.empty() ? nullptr : out.back().if_object();
  if (last == nullptr || json::find_string(*last, "role") != "user") {
    out.emplace_back(simple("user", text));
    return;
  }
  std::string joined(json::find_string(*last, "content").value_or(""));
  append_sentence(joined, clean(text));
  (*last)["content"] = joined;
}

std::string with_aside(const Message& message) {
  return message.aside.empty() ? message.text : message.aside + '\n' + message.text;
}

std::size_t last_user(const std::vector<Message>& dialogue) {
  const auto last =
      std::ranges::find(dialogue.rbegin(), dialogue.rend(), Message::Role::kUser, &Message::role);
  return static_cast<std::size_t>(dialogue.rend() - last);  // one behind it; 0: none
}

// The answers of tools at the end, for a service that wrote the calls into its text.
std::string last_answers(const std::vector<Message>& dialogue) {
  std::size_t first = dialogue.size();
  while (first > 0 && dialogue[first - 1].role == Message::Role::kTool) --first;
  std::string words;
  for (std::size_t i = first; i < dialogue.size(); ++i) {
    std::string name;
    for (std::size_t j = 0; j < first; ++j) {
      const auto call = std::ranges::find(dialogue[j].tool_calls, dialogue[i].tool_call_id, &ToolCall::id);
      if (call != dialogue[j].tool_calls.end()) name = call->name;
    }
    words += std::string(words.empty() ? "" : "\n") + "(The tool " + name +
             (dialogue[i].is_error ? " failed: " : " answered: ") + dialogue[i].text + ")";
  }
  return clean(words);
}

// Places of a list that is too long.
struct Gap {
  std::size_t first = 0;
  std::size_t end = 0;
};

Gap left_out(std::size_t tools, std::size_t most) {
  constexpr std::size_t kOwn = 16;  // more than the worker has
  if (tools <= most) return {};
  const std::size_t first = most - std::min(kOwn, most / 2);
  return {.first = first, .end = first + tools - most};
}

}  // namespace

json::array openai_messages(const LlmRequest& request, const ToolNames& names) {
  const std::vector<Message>& dialogue = request.dialogue;
  const std::size_t unintelligible = request.understood ? 0 : last_user(dialogue);
  json::array made;
  for (std::size_t i = 0; i < dialogue.size(); ++i) {
    const Message& message = dialogue[i];
    switch (message.role) {
      case Message::Role::kSystem:
        made.emplace_back(simple("system", message.text));
        break;
      case Message::Role::kUser:
        append_words(i + 1 == unintelligible ? std::string(kUnintelligible) : with_aside(message), made);
        break;
      case Message::Role::kAssistant:
        made.emplace_back(assistant(message, names));
        append_answers(dialogue, i, made);
        break;
      case Message::Role::kTool:
        break;  // went behind its call
    }
  }
  return made;
}

json::array openai_tools(const LlmRequest& request, const ToolNames& names, std::size_t most) {
  json::array made;
  // Left out before they are made: of many tools a turn pays for those that are sent.
  const Gap gone = left_out(request.tools.size(), most);
  for (std::size_t i = 0; i < request.tools.size(); ++i) {
    if (i >= gone.first && i < gone.end) continue;
    const ToolSpec& tool = request.tools[i];
    json::object function;
    function["name"] = names.to_wire(tool.name);
    function["description"] = clean(tool.description);
    function["parameters"] = usable_schema(tool.input_schema);
    json::object entry;
    entry["type"] = "function";
    entry["function"] = std::move(function);
    made.emplace_back(std::move(entry));
  }
  return made;
}

void shorten_tools(json::array& tools, std::size_t most) {
  const Gap gone = left_out(tools.size(), most);
  tools.erase(tools.begin() + static_cast<std::ptrdiff_t>(gone.first),
              tools.begin() + static_cast<std::ptrdiff_t>(gone.end));
}

std::string last_words(const LlmRequest& request) {
  const std::vector<Message>& dialogue = request.dialogue;
  if (!dialogue.empty() && dialogue.back().role == Message::Role::kTool) return last_answers(dialogue);
  for (std::size_t i = dialogue.size(); i-- > 0;) {
    const bool instruction = dialogue[i].role == Message::Role::kSystem && i > 0;
    if (instruction) return clean(dialogue[i].text);
    if (dialogue[i].role != Message::Role::kUser) continue;
    return request.understood ? clean(with_aside(dialogue[i])) : std::string(kUnintelligible);
  }
  return {};
}

}  // namespace earshot::worker
