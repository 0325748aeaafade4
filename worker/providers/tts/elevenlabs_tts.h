// ElevenLabs, streamed (provider-protocol 4.22).
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/providers/tts/elevenlabs_speech.h"
#include "worker/providers/tts/speech_deadlines.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct ElevenLabsTtsSettings {
  std::string url = "wss://api.elevenlabs.io/v1/text-to-speech";  // the voice's path is put behind it
  Secret api_key;
  std::string voice_id = "21m00Tcm4TlvDq8ikWAM";
  std::string model = "eleven_flash_v2_5";
  std::string language_code;  // empty: found out from the text
  int sample_rate_hz = 24000;
  ElevenLabsVoice voice;
  Milliseconds keep_idle{15000};  // the service closes after 20 s without a message
  SpeechDeadlines deadlines{.connect = Milliseconds(5000), .first_audio = Milliseconds(5000)};
};

ElevenLabsTtsSettings read_elevenlabs_tts(ConfigSection& section);
// `context` outlives the provider.
Result<std::unique_ptr<TtsProvider>> make_elevenlabs_tts(const ElevenLabsTtsSettings& settings,
                                                         const ProviderContext& context);

}  // namespace earshot::worker
