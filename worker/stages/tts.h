// Text to speech: one sentence in, a stream of audio out.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/audio/pcm.h"
#include "common/base/result.h"
#include "worker/stages/provider_note.h"

namespace earshot::worker {

struct TtsRequest {
  std::string text;      // one sentence, valid UTF-8
  std::string language;  // BCP 47; empty: English
  // As a caller wishes. A service that has no such voice, or one pace only, speaks as it is configured.
  std::string voice = {};  // empty: no wish
  double speed = 1;        // of the configured pace; 0.25 to 1.5
  // A word of the agent's character (character.h); empty, or unknown to the voice: the usual.
  std::string feeling = {};
};

// Called on the executor given to synthesize(), never from inside it; none after cancel() returned.
struct TtsCallbacks {
  std::function<void(Pcm)> on_audio;    // pieces of any length, all of one rate
  std::function<void(Status)> on_done;  // exactly once, also on failure
  OnProvider on_provider = nullptr;     // optional
};

// Destroying it cancels.
class TtsStream {
 public:
  virtual ~TtsStream() = default;
  virtual void cancel() = 0;
};

class TtsProvider {
 public:
  virtual ~TtsProvider() = default;
  virtual std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                                TtsCallbacks callbacks) = 0;
};

}  // namespace earshot::worker
