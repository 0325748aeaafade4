// Volcengine's double stream v3 over one WebSocket: a connection, and one session a sentence on it
// (provider-protocol 4.4, frames of family E). Pure.
#pragma once

#include <string>

#include "worker/providers/net/volc_frames.h"
#include "worker/providers/tts/speech_id.h"
#include "worker/providers/tts/speech_protocol.h"

namespace earshot::worker {

struct VolcengineVoice {
  std::string speaker = "zh_female_shuangkuaisisi_moon_bigtts";
  int sample_rate_hz = 24000;
  int speech_rate = 0;    // -50..100
  int loudness_rate = 0;  // -50..100
  int pitch = 0;          // -12..12
};

class VolcengineSpeech final : public SpeechProtocol {
 public:
  explicit VolcengineSpeech(VolcengineVoice voice, SpeechIds ids = random_speech_id)
      : voice_(std::move(voice)), ids_(std::move(ids)) {}

  SpeechStep opened() override;
  SpeechStep speak(const TtsRequest& request) override;
  SpeechStep cancel() override;
  SpeechStep text(std::string_view message) override;
  SpeechStep binary(ByteView message) override;
  SpeechLine line() const override { return line_; }

 private:
  SpeechStep of_session(const VolcFrame& frame);
  SpeechFrame frame(std::int32_t event, const std::string& payload) const;
  std::string request_payload(std::int32_t event, const std::string& text) const;

  VolcengineVoice voice_;
  SpeechIds ids_;
  SpeechLine line_ = SpeechLine::kOpening;
  std::string session_;
  std::string text_;        // of the session, until it has started
  bool cancelled_ = false;  // the session; its end is still to come
};

}  // namespace earshot::worker
