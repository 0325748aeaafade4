#include "worker/providers/llm/dify_reader.h"

#include "worker/providers/llm/service_error.h"

namespace earshot::worker {

namespace {

void read_usage(const json::object& event, ReplyEvents& out) {
  const json::object* metadata = json::find_object(event, "metadata");
  const json::object* usage = metadata == nullptr ? nullptr : json::find_object(*metadata, "usage");
  if (usage == nullptr) return;
  out.usage = LlmUsage{.prompt_tokens = token_count(*usage, "prompt_tokens"),
                       .completion_tokens = token_count(*usage, "completion_tokens")};
}

}  // namespace

void DifyReader::on_event(std::string_view, std::string_view data, ReplyEvents& out) {
  if (data.empty()) return;  // `event: ping` every 10 s
  const auto event = read_event(data, out);
  if (!event) return;
  const std::string_view kind = json::find_string(*event, "event").value_or("");
  if (kind == "error") {
    out.end = stream_error(*event);
    return;
  }
  if (workflow_) {
    if (kind == "text_chunk") {
      const json::object* inner = json::find_object(*event, "data");
      if (inner != nullptr) out.text += json::find_string(*inner, "text").value_or("");
      spoke_ = spoke_ || !out.text.empty();
    } else if (kind == "workflow_finished") {
      on_workflow_finished(*event, out);
    }
    return;
  }
  // `message_replace` repeats what was said in other words, too late to be unsaid; the rest is not speech.
  if (const auto id = json::find_string(*event, "conversation_id")) out.dialogue_id = *id;
  if (kind == "message" || kind == "agent_message") {
    out.text += json::find_string(*event, "answer").value_or("");
  } else if (kind == "message_end") {
    read_usage(*event, out);
    out.end = kDone;
  }
}

void DifyReader::on_whole(const json::object& body, ReplyEvents& out) {
  if (const auto answer = json::find_string(body, "answer")) {
    out.text += *answer;
    out.dialogue_id = json::find_string(body, "conversation_id").value_or("");
    read_usage(body, out);
    out.end = kDone;
  } else if (json::find_object(body, "data") != nullptr) {
    on_workflow_finished(body, out);
  } else {
    out.end = stream_error(error_object(body));
  }
}

void DifyReader::on_body_end(ReplyEvents&) {}  // it always says when it is through

void DifyReader::on_workflow_finished(const json::object& event, ReplyEvents& out) {
  const json::object* inner = json::find_object(event, "data");
  const json::object* outputs = inner == nullptr ? nullptr : json::find_object(*inner, "outputs");
  if (inner == nullptr || json::find_string(*inner, "status") != "succeeded") {
    out.end = Error{ErrorCode::kUnavailable, "the workflow failed: see its run in Dify"};
    return;
  }
  if (!spoke_) {
    const auto answer = outputs == nullptr ? std::nullopt : json::find_string(*outputs, "answer");
    if (!answer) {
      out.end =
          Error{ErrorCode::kUnavailable, "the workflow has no text output named 'answer': add one in Dify"};
      return;
    }
    out.text += *answer;
  }
  out.usage = LlmUsage{.prompt_tokens = 0, .completion_tokens = token_count(*inner, "total_tokens")};
  out.end = kDone;
}

}  // namespace earshot::worker
