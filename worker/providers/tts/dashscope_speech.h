// CosyVoice of DashScope over one WebSocket: run-task, continue-task, finish-task (provider-protocol 4.8).
// Pure.
//
// Its binary frames name no task, so what is left of a cancelled one could not be told from the next one's
// sound: a cancelled task costs the connection.
#pragma once

#include <string>

#include "common/json/json.h"
#include "worker/providers/tts/speech_id.h"
#include "worker/providers/tts/speech_protocol.h"

namespace earshot::worker {

struct DashScopeVoice {
  std::string model = "cosyvoice-v2";
  std::string voice = "longcheng_v2";
  int sample_rate_hz = 24000;
  int volume = 50;     // 0..100
  double rate = 1.0;   // 0.5..2
  double pitch = 1.0;  // 0.5..2
};

class DashScopeSpeech final : public SpeechProtocol {
 public:
  explicit DashScopeSpeech(DashScopeVoice voice, SpeechIds ids = random_speech_id)
      : voice_(std::move(voice)), ids_(std::move(ids)) {}

  SpeechStep opened() override;
  SpeechStep speak(const TtsRequest& request) override;
  SpeechStep cancel() override;
  SpeechStep text(std::string_view message) override;
  SpeechStep binary(ByteView message) override;
  SpeechLine line() const override { return line_; }

 private:
  SpeechFrame message(std::string_view action, json::object payload) const;

  DashScopeVoice voice_;
  SpeechIds ids_;
  SpeechLine line_ = SpeechLine::kOpening;
  std::string task_;
  std::string text_;  // of the task, until it has started
  bool started_ = false;
};

}  // namespace earshot::worker
