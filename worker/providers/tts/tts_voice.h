// Another voice for the same speech provider.
#pragma once

#include <string>

#include "common/base/result.h"
#include "worker/providers/tts/tts_factory.h"

namespace earshot::worker {

// The settings with `voice` in place of the configured one. kInvalid: the type has no voices to choose from,
// or no voice can be called so.
Result<TtsSettings> with_voice(TtsSettings settings, const std::string& voice);

}  // namespace earshot::worker
