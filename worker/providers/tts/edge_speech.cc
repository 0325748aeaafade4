#include "worker/providers/tts/edge_speech.h"

namespace earshot::worker {

SpeechStep EdgeSpeech::opened() {
  line_ = SpeechLine::kIdle;
  SpeechStep step;
  step.send.push_back({.binary = false, .data = edge_config_message(now_())});
  return step;
}

SpeechStep EdgeSpeech::speak(const TtsRequest& request) {
  line_ = SpeechLine::kBusy;
  SpeechStep step;
  step.send.push_back(
      {.binary = false, .data = edge_ssml_message(voice_(request.language), request.text, ids_(), now_())});
  return step;
}

SpeechStep EdgeSpeech::cancel() {
  line_ = SpeechLine::kDead;
  return {};
}

SpeechStep EdgeSpeech::text(std::string_view message) {
  SpeechStep step;
  if (line_ != SpeechLine::kBusy || edge_path(message) != "turn.end") return step;
  line_ = SpeechLine::kDead;
  step.ended = kDone;
  return step;
}

SpeechStep EdgeSpeech::binary(ByteView message) {
  SpeechStep step;
  if (line_ == SpeechLine::kBusy) step.audio = as_text(edge_audio(message));
  return step;
}

}  // namespace earshot::worker
