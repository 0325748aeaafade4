// POST /v1/audio/speech of OpenAI and of the many servers that speak like it (provider-protocol 4.2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct OpenAiTtsSettings {
  std::string url = "https://api.openai.com/v1/audio/speech";
  Secret api_key;  // empty: none is sent (local servers)
  std::string model = "gpt-4o-mini-tts";
  std::string voice = "alloy";
  std::string instructions;             // how to speak; not every model takes them
  std::string response_format = "pcm";  // pcm is heard first; wav and mp3 are understood, too
  int sample_rate_hz = 24000;           // of pcm: what the server makes, it cannot be chosen
  double speed = 1.0;
  // That callers may choose; empty: OpenAI's own where its service speaks, else none.
  std::vector<std::string> voices;
  SpeechDeadlines deadlines{.connect = Milliseconds(3000)};
};

// The voice of a sentence: the caller's if it is one of `voices`, else the configured one. Pure.
std::string openai_voice(const OpenAiTtsSettings& settings, const std::string& wished);

OpenAiTtsSettings read_openai_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_openai_tts(const OpenAiTtsSettings& settings,
                                                     const ProviderContext& context);

}  // namespace earshot::worker
