// ElevenLabs' multi-context stream over one WebSocket, a context a sentence (provider-protocol 4.22). Pure.
//
// A context is waited for even when it is cancelled: a connection takes five at a time, and those that were
// interrupted count until the service has ended them.
#pragma once

#include <optional>
#include <string>

#include "common/json/json.h"
#include "worker/providers/tts/speech_id.h"
#include "worker/providers/tts/speech_protocol.h"

namespace earshot::worker {

struct ElevenLabsVoice {                   // absent: as stored with the voice
  std::optional<double> stability;         // 0..1
  std::optional<double> similarity_boost;  // 0..1
  std::optional<double> speed;             // 0.7..1.2
};

class ElevenLabsSpeech final : public SpeechProtocol {
 public:
  explicit ElevenLabsSpeech(ElevenLabsVoice voice, SpeechIds ids = random_speech_id)
      : voice_(voice), ids_(std::move(ids)) {}

  SpeechStep opened() override;
  SpeechStep speak(const TtsRequest& request) override;
  SpeechStep cancel() override;
  SpeechStep text(std::string_view message) override;
  SpeechStep binary(ByteView message) override;
  SpeechLine line() const override { return line_; }

 private:
  ElevenLabsVoice voice_;
  SpeechIds ids_;
  SpeechLine line_ = SpeechLine::kOpening;
  std::string context_;
  bool cancelled_ = false;
};

}  // namespace earshot::worker
