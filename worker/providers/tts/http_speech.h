// Speech over one HTTP request a sentence: text in, the body is the sound (provider-protocol 9, M4).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "worker/providers/provider_context.h"
#include "worker/providers/tts/audio_sink.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct HttpSpeechConfig {
  std::string service;  // in errors: "openai speech"
  AudioSinkConfig audio;
  SpeechDeadlines deadlines;
  std::size_t max_text_bytes = 4096;  // what is longer is cut
  std::size_t max_parallel = 0;       // more wait in line; 0: no limit
};

// URL, headers and body of the request for one sentence (valid UTF-8, within max_text_bytes, speakable).
// Called on any thread.
using SpeechCall = std::function<HttpCall(const TtsRequest&)>;

// What is refused for the moment (429, 5xx) is tried again (speech_retry.h) before it is an error.
// Sentences without anything to say are done at once, in silence.
// Runs on: synthesize() and streams on the caller's executor, whatever it is; the rest on the context's io.
// Streams may outlive the provider, not the context.
// Bounded: 64 sentences wait in line, the next one is refused; waiting counts as time to the first sound.
std::unique_ptr<TtsProvider> make_http_speech(HttpSpeechConfig config, SpeechCall call,
                                              const ProviderContext& context);

}  // namespace earshot::worker
