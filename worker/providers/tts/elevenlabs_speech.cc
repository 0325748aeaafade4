#include "worker/providers/tts/elevenlabs_speech.h"

#include <utility>

#include "worker/providers/tts/speech_errors.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxElevenlabsBytes = 1024 * 1024;

SpeechFrame text_frame(const json::object& message) {
  return {.binary = false, .data = json::serialize(message)};
}

}  // namespace

SpeechStep ElevenLabsSpeech::opened() {
  line_ = SpeechLine::kIdle;
  return {};
}

SpeechStep ElevenLabsSpeech::speak(const TtsRequest& request) {
  line_ = SpeechLine::kBusy;
  context_ = ids_();
  cancelled_ = false;
  json::object begin{{"text", " "}, {"context_id", context_}};
  json::object voice;
  if (voice_.stability) voice["stability"] = *voice_.stability;
  if (voice_.similarity_boost) voice["similarity_boost"] = *voice_.similarity_boost;
  if (voice_.speed) voice["speed"] = *voice_.speed;
  if (!voice.empty()) begin["voice_settings"] = std::move(voice);
  SpeechStep step;
  step.send.push_back(text_frame(begin));
  // The service wants each text to end with a space. A context that is closed after a flush still says
  // everything, then reports its end.
  step.send.push_back(text_frame({{"text", request.text + " "}, {"context_id", context_}, {"flush", true}}));
  step.send.push_back(text_frame({{"context_id", context_}, {"close_context", true}}));
  return step;
}

SpeechStep ElevenLabsSpeech::cancel() {
  SpeechStep step;
  if (line_ != SpeechLine::kBusy || std::exchange(cancelled_, true)) return step;
  step.send.push_back(text_frame({{"context_id", context_}, {"close_context", true}}));
  return step;
}

SpeechStep ElevenLabsSpeech::text(std::string_view message) {
  SpeechStep step;
  const auto parsed = json::parse_object(message, kMaxElevenlabsBytes);
  if (!parsed || line_ != SpeechLine::kBusy) return step;
  if (parsed->contains("error")) {
    line_ = SpeechLine::kDead;
    const auto code = json::find_string(*parsed, "error").value_or("");
    step.ended = failed("elevenlabs", code);
    step.throttled = is_throttled(code);
    return step;
  }
  auto context = json::find_string(*parsed, "contextId");
  if (!context) context = json::find_string(*parsed, "context_id");
  if (!context || *context != context_) return step;  // of a sentence that is over
  if (const auto coded = json::find_string(*parsed, "audio"); coded && !cancelled_) {
    const auto audio = from_base64(*coded);
    if (!audio) {
      line_ = SpeechLine::kDead;
      step.ended = Error{ErrorCode::kUnavailable, "elevenlabs: sound that is no base64"};
      return step;
    }
    step.audio = as_text(*audio);
  }
  if (json::find_bool(*parsed, "isFinal").value_or(false)) {
    line_ = SpeechLine::kIdle;
    if (!cancelled_) step.ended = kDone;
  }
  return step;
}

SpeechStep ElevenLabsSpeech::binary(ByteView /*message*/) {
  return {};  // the protocol is text
}

}  // namespace earshot::worker
