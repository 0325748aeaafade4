// What reading the worker's configuration again changes while it runs. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace earshot::worker {

// Keys that a reload puts in force (config_changes.h), for conversations that begin afterwards; any other waits for
// the next start. The embedded engines' own keys (asr.model_dir and the like) are among the others.
inline const std::vector<std::string_view> kLiveKeys{"log.level",
                                                     "agent",
                                                     "agents.",
                                                     "devices.",
                                                     "asr.selected",
                                                     "asr.fallback",
                                                     "asr.providers.",
                                                     "asr.provider_timeout_ms",
                                                     "asr.timeout_ms",
                                                     "llm.commands_first",
                                                     "llm.selected",
                                                     "llm.fallback",
                                                     "llm.providers.",
                                                     "llm.provider_timeout_ms",
                                                     "llm.timeout_ms",
                                                     "tts.selected",
                                                     "tts.fallback",
                                                     "tts.providers.",
                                                     "tts.provider_timeout_ms",
                                                     "tts.timeout_ms",
                                                     "endpoint.",
                                                     "barge_in.",
                                                     "tools.",
                                                     "conversation."};

}  // namespace earshot::worker
