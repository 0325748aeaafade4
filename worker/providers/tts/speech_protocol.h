// The speech protocol of one service over one WebSocket, as a pure state machine: frames in, frames and sound
// out. The driver (ws_speech) does sockets, deadlines and decoding.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct SpeechFrame {
  bool binary = false;
  std::string data;
};

struct SpeechStep {
  std::vector<SpeechFrame> send;
  std::string audio;            // of the current sentence, as the service codes it
  std::optional<Status> ended;  // the current sentence is over
  bool throttled = false;       // it has failed only for the moment
};

enum class SpeechLine {
  kOpening,  // the service is not ready yet
  kIdle,     // ready for a sentence
  kBusy,     // with the current sentence, or with the rest of a cancelled one
  kDead,     // of no more use: close it
};

// Any bytes of the service are safe. Frames of a sentence that is cancelled or over give no sound: services
// send late ones.
class SpeechProtocol {
 public:
  virtual ~SpeechProtocol() = default;

  virtual SpeechStep opened() = 0;  // the WebSocket is up; called first
  // REQUIRES: line() == kIdle.
  virtual SpeechStep speak(const TtsRequest& request) = 0;
  // The current sentence is not wanted any more; nothing if there is none.
  virtual SpeechStep cancel() = 0;
  virtual SpeechStep text(std::string_view message) = 0;
  virtual SpeechStep binary(ByteView message) = 0;

  virtual SpeechLine line() const = 0;
};

}  // namespace earshot::worker
