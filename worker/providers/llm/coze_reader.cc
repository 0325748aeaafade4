#include "worker/providers/llm/coze_reader.h"

#include <algorithm>

#include "worker/providers/llm/service_error.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxCalls = 32;

}  // namespace

void CozeReader::on_event(std::string_view name, std::string_view data, ReplyEvents& out) {
  if (name == "done") {
    out.end = kDone;
    return;
  }
  const bool delta = name == "conversation.message.delta";
  const bool complete = name == "conversation.message.completed";
  if (!delta && !complete && !name.starts_with("conversation.chat.") && name != "error") return;
  const auto event = read_event(data, out);
  if (!event) return;
  if (delta || complete) {
    on_message(*event, complete, out);
  } else if (name == "error") {
    out.end = stream_error(*event);
  } else if (name == "conversation.chat.created") {
    out.chat_id = json::find_string(*event, "id").value_or("");
    out.dialogue_id = json::find_string(*event, "conversation_id").value_or("");
  } else if (name == "conversation.chat.completed") {
    completed_ = true;
    out.finishing = true;
    if (const json::object* usage = json::find_object(*event, "usage")) {
      out.usage = LlmUsage{.prompt_tokens = token_count(*usage, "input_count"),
                           .completion_tokens = token_count(*usage, "output_count")};
    }
  } else if (name == "conversation.chat.failed") {
    const json::object* error = json::find_object(*event, "last_error");
    out.end = stream_error(error != nullptr ? *error : *event);
  } else if (name == "conversation.chat.requires_action") {
    on_action(*event, out);
  }
}

// Errors come with status 200 and a code of their own.
void CozeReader::on_whole(const json::object& body, ReplyEvents& out) {
  out.end = stream_error(body);
}

void CozeReader::on_body_end(ReplyEvents& out) {
  if (completed_) out.end = kDone;
}

// A complete answer repeats its deltas; it counts only where there were none. Other types are not for ears.
void CozeReader::on_message(const json::object& message, bool complete, ReplyEvents& out) {
  if (json::find_string(message, "type") != "answer" || (complete && spoke_)) return;
  const std::string content = content_text(message);
  spoke_ = spoke_ || !content.empty();
  out.text += content;
}

void CozeReader::on_action(const json::object& chat, ReplyEvents& out) {
  const json::object* action = json::find_object(chat, "required_action");
  const json::object* submit =
      action == nullptr ? nullptr : json::find_object(*action, "submit_tool_outputs");
  const json::array* calls = submit == nullptr ? nullptr : json::find_array(*submit, "tool_calls");
  for (std::size_t i = 0; calls != nullptr && i < std::min(calls->size(), kMaxCalls); ++i) {
    const json::object* entry = (*calls)[i].if_object();
    const json::object* function = entry == nullptr ? nullptr : json::find_object(*entry, "function");
    if (function == nullptr) continue;
    out.calls.push_back({.id = std::string(json::find_string(*entry, "id").value_or("")),
                         .name = std::string(json::find_string(*function, "name").value_or("")),
                         .arguments = std::string(json::find_string(*function, "arguments").value_or(""))});
  }
  if (out.calls.empty()) {
    out.end = Error{ErrorCode::kInvalid, "the bot asks for an action that is not a tool call"};
    return;
  }
  out.chat_id = json::find_string(chat, "id").value_or("");
  out.dialogue_id = json::find_string(chat, "conversation_id").value_or("");
  out.awaits_tool_output = true;
  out.end = kDone;
}

}  // namespace earshot::worker
