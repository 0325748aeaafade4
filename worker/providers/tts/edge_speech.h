// One sentence at Microsoft Edge's read-aloud service; the connection serves no second one
// (provider-protocol 4.1). Pure.
#pragma once

#include <functional>
#include <string>

#include "worker/providers/tts/edge_frames.h"
#include "worker/providers/tts/speech_id.h"
#include "worker/providers/tts/speech_protocol.h"

namespace earshot::worker {

class EdgeSpeech final : public SpeechProtocol {
 public:
  // `voice`: for the language of a request. `now`: what goes into the messages.
  EdgeSpeech(std::function<EdgeVoice(const std::string& language)> voice, std::function<WallTime()> now,
             SpeechIds ids = random_speech_id)
      : voice_(std::move(voice)), now_(std::move(now)), ids_(std::move(ids)) {}

  SpeechStep opened() override;
  SpeechStep speak(const TtsRequest& request) override;
  SpeechStep cancel() override;
  SpeechStep text(std::string_view message) override;
  SpeechStep binary(ByteView message) override;
  SpeechLine line() const override { return line_; }

 private:
  std::function<EdgeVoice(const std::string&)> voice_;
  std::function<WallTime()> now_;
  SpeechIds ids_;
  SpeechLine line_ = SpeechLine::kOpening;
};

}  // namespace earshot::worker
