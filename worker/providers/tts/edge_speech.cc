#include "worker/providers/tts/edge_speech.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace earshot::worker {

namespace {

// "zh-CN-XiaoxiaoNeural", "zh-CN-liaoning-XiaobeiNeural": what callers name who know other services is none of its
// voices, and would be an error.
bool is_edge_voice(std::string_view name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  constexpr std::string_view kSmall = kPlain.substr(0, 26);
  constexpr std::string_view kLarge = kPlain.substr(26, 26);
  constexpr std::string_view kEnd = "Neural";
  if (!name.ends_with(kEnd) || name.find_first_not_of(kPlain) != std::string_view::npos) return false;
  const std::size_t language = std::min(name.find('-'), name.size());  // "zh", "fil"
  const std::string_view region = name.substr(std::min(language + 1, name.size()));
  return (language == 2 || language == 3) && name.find_first_not_of(kSmall) == language &&
         region.find_first_not_of(kLarge) == 2 && region[2] == '-' && region.size() > 3 + kEnd.size() &&
         name[name.size() - kEnd.size() - 1] != '-';
}

}  // namespace

SpeechStep EdgeSpeech::opened() {
  line_ = SpeechLine::kIdle;
  SpeechStep step;
  step.send.push_back({.binary = false, .data = edge_config_message(now_())});
  return step;
}

SpeechStep EdgeSpeech::speak(const TtsRequest& request) {
  line_ = SpeechLine::kBusy;
  SpeechStep step;
  EdgeVoice voice = voice_(request.language);
  if (is_edge_voice(request.voice)) voice.name = request.voice;
  voice.rate_percent =
      std::clamp(static_cast<int>(std::lround((100 + voice.rate_percent) * request.speed)) - 100, -100, 100);
  step.send.push_back({.binary = false, .data = edge_ssml_message(voice, request.text, ids_(), now_())});
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
