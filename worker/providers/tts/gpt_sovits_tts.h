// GPT-SoVITS, a self-hosted voice clone: POST /tts of its api_v2.py (provider-protocol 4.17).
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

struct SovitsReference {
  std::string ref_audio_path;
  std::string prompt_text;
};

struct GptSovitsTtsSettings {
  std::string url = "http://127.0.0.1:9880/tts";
  std::string ref_audio_path;  // a path on the server: the voice to clone
  std::string prompt_text;     // what is said there
  std::string prompt_lang = "zh";
  std::map<std::string, SovitsReference> feelings;  // other recordings, by TtsRequest::feeling
  std::string text_lang;                            // empty: from the language of each sentence, else "auto"
  std::string text_split_method = "cut0";
  double speed = 1.0;
  int max_parallel = 1;  // the server's engine works on one text at a time
  // Self-hosted, often without a GPU: slow is normal (provider-protocol 12).
  SpeechDeadlines deadlines{
      .connect = Milliseconds(3000), .first_audio = Milliseconds(30000), .stall = Milliseconds(30000)};
};

GptSovitsTtsSettings read_gpt_sovits_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_gpt_sovits_tts(const GptSovitsTtsSettings& settings,
                                                         const ProviderContext& context);

}  // namespace earshot::worker
