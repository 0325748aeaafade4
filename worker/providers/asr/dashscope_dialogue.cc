#include "worker/providers/asr/dashscope_dialogue.h"

#include <algorithm>
#include <array>

#include "common/base/random.h"
#include "common/json/json.h"

namespace earshot::worker {

namespace {

// The end of the turn is our own decision, so the service need not look for ends (its manual mode).
constexpr int kMaxSentenceSilenceMs = 6000;

std::string random_id() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

// Its codes are words; only what looks like one is shown.
Error task_failed(std::string_view code) {
  const auto has = [&](std::string_view word) { return code.find(word) != std::string_view::npos; };
  const bool shown = !code.empty() && code.size() <= 60 && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
  });
  Error error{ErrorCode::kUnavailable, "DashScope task failed" + (shown ? ": " + std::string(code) : "")};
  if (has("ApiKey") || has("AccessDenied")) {
    error.message += ": check the key and its rights";
  } else if (has("Invalid") || has("ModelNotFound")) {
    if (has("InvalidParameter")) error.code = ErrorCode::kInvalid;
    error.message += ": check the model's name";
  } else if (has("Timeout")) {
    error.code = ErrorCode::kTimeout;
  }
  return error;
}

}  // namespace

std::vector<WsMessage> DashscopeDialogue::begin() {
  id_ = random_id();
  joiner_.clear();
  decided_.reset();
  json::object parameters{{"format", "pcm"}, {"sample_rate", 16000}};
  if (task_.model.starts_with("gummy")) {
    parameters["transcription_enabled"] = true;
    parameters["max_end_silence"] = kMaxSentenceSilenceMs;
    if (!task_.language.empty()) parameters["source_language"] = task_.language;
  } else {
    parameters["disfluency_removal_enabled"] = false;
    parameters["semantic_punctuation_enabled"] = false;
    parameters["max_sentence_silence"] = kMaxSentenceSilenceMs;
    parameters["multi_threshold_mode_enabled"] = false;
    parameters["punctuation_prediction_enabled"] = true;
    parameters["inverse_text_normalization_enabled"] = true;
    if (!task_.language.empty()) parameters["language_hints"] = json::array{json::value(task_.language)};
  }
  if (!task_.vocabulary_id.empty()) parameters["vocabulary_id"] = task_.vocabulary_id;
  const json::object run{
      {"header", json::object{{"action", "run-task"}, {"task_id", id_}, {"streaming", "duplex"}}},
      {"payload", json::object{{"task_group", "audio"},
                               {"task", "asr"},
                               {"function", "recognition"},
                               {"model", task_.model},
                               {"parameters", parameters},
                               {"input", json::object{}}}}};
  return {{.binary = false, .bytes = json::serialize(run)}};
}

Result<WsStep> DashscopeDialogue::receive(bool binary, ByteView bytes) {
  if (binary) return WsStep::kContinue;
  const auto message = json::parse_object(as_text(bytes), kMaxAsrMessageBytes);
  if (!message) return Error{message.error().code, "DashScope sent what is no JSON: check the URL"};
  const auto* header = json::find_object(*message, "header");
  if (header == nullptr) return WsStep::kContinue;
  // A late event of the task before, on the same connection.
  if (const auto id = json::find_string(*header, "task_id"); id && *id != id_) return WsStep::kContinue;
  const std::string_view event = json::find_string(*header, "event").value_or("");
  if (event == "task-started") return WsStep::kStarted;
  if (event == "task-finished") return WsStep::kEnded;
  if (event == "task-failed") return task_failed(json::find_string(*header, "error_code").value_or(""));
  if (event != "result-generated") return WsStep::kContinue;

  const auto* payload = json::find_object(*message, "payload");
  const auto* output = payload != nullptr ? json::find_object(*payload, "output") : nullptr;
  if (output == nullptr) return WsStep::kContinue;
  const auto* sentence = json::find_object(*output, "sentence");
  if (sentence == nullptr) sentence = json::find_object(*output, "transcription");  // Gummy's name for it
  if (sentence == nullptr || json::find_bool(*sentence, "heartbeat").value_or(false))
    return WsStep::kContinue;
  const std::string_view text = json::find_string(*sentence, "text").value_or("");
  const bool ended =
      json::find_bool(*sentence, "sentence_end").value_or(false) && json::find_int(*sentence, "end_time");
  if (!ended) {
    joiner_.set_partial(text);
    return WsStep::kContinue;
  }
  const auto begin = json::find_int(*sentence, "begin_time");
  if (begin && begin == decided_) {
    joiner_.replace_last(text);  // said twice
  } else {
    joiner_.commit(text);
  }
  decided_ = begin;
  return WsStep::kContinue;
}

std::vector<WsMessage> DashscopeDialogue::finish() {
  const json::object finish{
      {"header", json::object{{"action", "finish-task"}, {"task_id", id_}, {"streaming", "duplex"}}},
      {"payload", json::object{{"input", json::object{}}}}};
  return {{.binary = false, .bytes = json::serialize(finish)}};
}

}  // namespace earshot::worker
