#include "worker/providers/tts/dashscope_speech.h"

#include <utility>

#include "worker/providers/tts/speech_errors.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxDashscopeBytes = 256 * 1024;

}  // namespace

SpeechStep DashScopeSpeech::opened() {
  line_ = SpeechLine::kIdle;
  return {};
}

SpeechStep DashScopeSpeech::speak(const TtsRequest& request) {
  line_ = SpeechLine::kBusy;
  task_ = ids_();
  text_ = request.text;
  started_ = false;
  SpeechStep step;
  step.send.push_back(message("run-task", {{"task_group", "audio"},
                                           {"task", "tts"},
                                           {"function", "SpeechSynthesizer"},
                                           {"model", voice_.model},
                                           {"parameters",
                                            {{"text_type", "PlainText"},
                                             {"voice", voice_.voice},
                                             {"format", "pcm"},
                                             {"sample_rate", voice_.sample_rate_hz},
                                             {"volume", voice_.volume},
                                             {"rate", voice_.rate},
                                             {"pitch", voice_.pitch}}},
                                           {"input", json::object()}}));
  return step;
}

SpeechStep DashScopeSpeech::cancel() {
  if (line_ == SpeechLine::kBusy) line_ = SpeechLine::kDead;
  return {};
}

SpeechStep DashScopeSpeech::text(std::string_view message_text) {
  SpeechStep step;
  const auto parsed = json::parse_object(message_text, kMaxDashscopeBytes);
  const json::object* header = parsed ? json::find_object(*parsed, "header") : nullptr;
  if (header == nullptr || line_ != SpeechLine::kBusy) return step;
  const std::string_view event = json::find_string(*header, "event").value_or("");
  // A failure may come without the task's id (a key or a quota that is refused as a whole).
  const auto task = json::find_string(*header, "task_id");
  if (task && !task->empty() && *task != task_) return step;
  if (event == "task-started" && !started_) {
    started_ = true;
    const std::string text = std::exchange(text_, {});
    step.send.push_back(message("continue-task", {{"input", {{"text", text}}}}));
    step.send.push_back(message("finish-task", {{"input", json::object()}}));
  } else if (event == "task-finished") {
    line_ = SpeechLine::kIdle;
    step.ended = kDone;
  } else if (event == "task-failed") {
    line_ = SpeechLine::kDead;  // the service demands a new connection then
    const auto code = json::find_string(*header, "error_code").value_or("");
    step.ended = failed("dashscope tts", code);
    step.throttled = is_throttled(code);
  }
  return step;
}

SpeechStep DashScopeSpeech::binary(ByteView message) {
  SpeechStep step;
  if (line_ == SpeechLine::kBusy && started_) step.audio = as_text(message);
  return step;
}

SpeechFrame DashScopeSpeech::message(std::string_view action, json::object payload) const {
  const json::object message{{"header", {{"action", action}, {"task_id", task_}, {"streaming", "duplex"}}},
                             {"payload", std::move(payload)}};
  return {.binary = false, .data = json::serialize(message)};
}

}  // namespace earshot::worker
