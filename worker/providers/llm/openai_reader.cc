#include "worker/providers/llm/openai_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "worker/providers/llm/service_error.h"

namespace earshot::worker {

namespace {

void add_function(const json::object& function, ToolCallFragment fragment, ToolCallAssembler& calls) {
  fragment.name = json::find_string(function, "name").value_or("");
  // Text by the book; an object from servers that take after Ollama.
  std::string written;
  if (const json::object* arguments = json::find_object(function, "arguments")) {
    written = json::serialize(*arguments);
    fragment.arguments = written;
  } else {
    fragment.arguments = json::find_string(function, "arguments").value_or("");
  }
  calls.add(fragment);
}

void add_call(const json::object& call, ToolCallAssembler& calls) {
  const json::object* function = json::find_object(call, "function");
  if (function == nullptr) return;
  add_function(*function,
               {.index = json::find_int(call, "index"),
                .id = json::find_string(call, "id").value_or(""),
                .name = {},
                .arguments = {}},
               calls);
}

}  // namespace

void OpenAiReader::on_event(std::string_view name, std::string_view data, ReplyEvents& out) {
  if (data.empty()) return;
  // FastGPT names its events; those with words in them are "answer" and "fastAnswer" (provider-protocol 1.5).
  const bool spoken = name.empty() || name == "message" || name == "answer" || name == "fastAnswer";
  if (!spoken && name != "error") return;
  if (data == "[DONE]") {
    give_calls(out);
    out.end = kDone;
    return;
  }
  const auto chunk = read_event(data, out);
  if (!chunk) return;
  if (name == "error") {
    out.end = stream_error(error_object(*chunk));
  } else {
    on_chunk(*chunk, out);
  }
}

void OpenAiReader::on_whole(const json::object& body, ReplyEvents& out) {
  if (json::find_array(body, "choices") == nullptr) {
    out.end = stream_error(error_object(body));
    return;
  }
  on_chunk(body, out);
  if (out.end) return;
  give_calls(out);
  out.end = kDone;
}

void OpenAiReader::on_body_end(ReplyEvents& out) {
  give_calls(out);
  if (finished_) out.end = kDone;  // some servers leave [DONE] out
}

void OpenAiReader::on_chunk(const json::object& chunk, ReplyEvents& out) {
  if (const json::value* error = chunk.if_contains("error"); error != nullptr && !error->is_null()) {
    out.end = stream_error(error_object(chunk));
    return;
  }
  if (const json::object* usage = json::find_object(chunk, "usage")) {
    out.usage = LlmUsage{.prompt_tokens = token_count(*usage, "prompt_tokens"),
                         .completion_tokens = token_count(*usage, "completion_tokens")};
  }
  const json::array* choices = json::find_array(chunk, "choices");
  if (choices == nullptr || choices->empty()) return;
  const json::object* choice = choices->front().if_object();
  if (choice == nullptr) return;
  const json::object* message = json::find_object(*choice, "delta");
  if (message == nullptr) message = json::find_object(*choice, "message");
  if (message != nullptr) on_message(*message, out);
  const auto reason = json::find_string(*choice, "finish_reason");
  if (!out.end && reason && !reason->empty()) on_finish(*reason, out);
  out.holds_calls = !calls_.empty();
}

// `reasoning_content` and `reasoning` are what the model thinks: never spoken, so not read.
void OpenAiReader::on_message(const json::object& message, ReplyEvents& out) {
  out.text += content_text(message);
  out.text += json::find_string(message, "refusal").value_or("");  // in place of the content
  if (const json::object* function = json::find_object(message, "function_call"))
    add_function(*function, {}, calls_);  // as it was before there were lists of calls
  const json::array* calls = json::find_array(message, "tool_calls");
  if (calls == nullptr) return;
  for (const json::value& entry : *calls) {
    if (const json::object* call = entry.if_object()) add_call(*call, calls_);
  }
}

void OpenAiReader::on_finish(std::string_view reason, ReplyEvents& out) {
  if (reason == "content_filter") {
    out.end = Error{ErrorCode::kInvalid, "the service's content filter stopped the answer"};
    return;
  }
  finished_ = true;
  out.finishing = true;
}

void OpenAiReader::give_calls(ReplyEvents& out) {
  out.unread += calls_.dropped();
  std::vector<ToolCall> calls = calls_.take();
  std::ranges::move(calls, std::back_inserter(out.calls));
}

}  // namespace earshot::worker
