#include "worker/providers/llm/ollama_reader.h"

#include <algorithm>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxCallsPerLine = 32;

}  // namespace

void OllamaReader::on_event(std::string_view, std::string_view data, ReplyEvents& out) {
  if (const auto line = read_event(data, out)) on_whole(*line, out);
}

void OllamaReader::on_whole(const json::object& body, ReplyEvents& out) {
  if (body.contains("error")) {
    // Its text may quote the model's name and no more, but nothing guarantees that.
    out.end = Error{ErrorCode::kUnavailable, "Ollama reports an error: see its log"};
    return;
  }
  if (const json::object* message = json::find_object(body, "message")) {
    out.text += content_text(*message);  // `thinking` is not read: never spoken
    const json::array* calls = json::find_array(*message, "tool_calls");
    for (std::size_t i = 0; calls != nullptr && i < std::min(calls->size(), kMaxCallsPerLine); ++i) {
      const json::object* entry = (*calls)[i].if_object();
      const json::object* function = entry == nullptr ? nullptr : json::find_object(*entry, "function");
      if (function == nullptr) continue;
      const json::value* arguments = function->if_contains("arguments");
      // An object by the book; text from proxies that take after OpenAI.
      const std::string_view text = json::find_string(*function, "arguments").value_or("");
      out.calls.push_back({.id = {},
                           .name = std::string(json::find_string(*function, "name").value_or("")),
                           .arguments = arguments == nullptr || arguments->is_string()
                                            ? std::string(text)
                                            : json::serialize(*arguments)});
    }
  }
  if (!json::find_bool(body, "done").value_or(false)) return;
  out.usage = LlmUsage{.prompt_tokens = token_count(body, "prompt_eval_count"),
                       .completion_tokens = token_count(body, "eval_count")};
  out.end = kDone;
}

void OllamaReader::on_body_end(ReplyEvents&) {}  // its last line says `done`

}  // namespace earshot::worker
