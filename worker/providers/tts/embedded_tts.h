// The embedded voices: flite for English, espeak-ng for every other language.
#pragma once

#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

struct EmbeddedTtsConfig {
  std::string default_language = "en-US";  // of requests that name none
};

// Work runs on `pool`, which must outlive provider and streams; streams may outlive the provider.
Result<std::unique_ptr<TtsProvider>> make_embedded_tts(const EmbeddedTtsConfig& config,
                                                       asio::thread_pool& pool);

}  // namespace earshot::worker
