// Speech over WebSockets: a connection serves one sentence at a time,
// and the next one where the service allows it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/http/websocket_client.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/audio_sink.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/providers/tts/speech_protocol.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct WsSpeechConfig {
  std::string service;  // in errors: "edge tts"
  AudioSinkConfig audio;
  SpeechDeadlines deadlines;
  std::size_t max_text_bytes = 4096;  // what is longer is cut
  Milliseconds keep_idle{0};          // how long an idle connection waits for the next sentence; 0: none does
};

// What is particular to a service. All three run on the context's io.
struct WsSpeechService {
  std::function<http::WebSocketRequest()> request;  // for each connection; its timeout is set by the driver
  std::function<std::unique_ptr<SpeechProtocol>()> protocol;
  // Optional. A refusal before the first sentence of a connection; true: worth one more connection at once.
  std::function<bool(const http::WebSocketClosed&)> try_again;
};

// What is refused for the moment (429, 5xx, a task that is throttled) is tried again (speech_retry.h) before it is
// an error.
// Sentences without anything to say are done at once, in silence. A kept connection that turns out to be dead
// is replaced once, unheard.
// Runs on: synthesize() and streams on the caller's executor, whatever it is; the rest on the context's io.
// Streams may outlive the provider, not the context.
// Bounded: 16 idle connections.
std::unique_ptr<TtsProvider> make_ws_speech(WsSpeechConfig config, WsSpeechService service,
                                            const ProviderContext& context);

}  // namespace earshot::worker
