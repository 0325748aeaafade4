// The read-aloud voices of Microsoft Edge: free, many languages, and unofficial (provider-protocol 4.1, 10).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct EdgeTtsSettings {
  std::string url = "wss://speech.platform.bing.com/consumer/speech/synthesize/readaloud/edge/v1";
  // Ages: the service refuses browsers that are too old.
  std::string browser_version = "143.0.3650.75";
  std::string voice;                          // for every language; empty: by the language
  std::map<std::string, std::string> voices;  // "de" or "de-AT" -> voice, before the built-in choice
  int rate_percent = 0;
  int volume_percent = 0;
  int pitch_hz = 0;
  SpeechDeadlines deadlines{
      .connect = Milliseconds(10000), .first_audio = Milliseconds(10000), .stall = Milliseconds(15000)};
};

EdgeTtsSettings read_edge_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_edge_tts(const EdgeTtsSettings& settings,
                                                   const ProviderContext& context);

// The voice for a language tag: of the settings, else a built-in one, else English.
std::string choose_edge_voice(const EdgeTtsSettings& settings, const std::string& language);

}  // namespace earshot::worker
