// Ollama by its own API (provider-protocol 1.2): it can switch thinking off and keep the model loaded, which
// its OpenAI-compatible door cannot.
#pragma once

#include <memory>
#include <optional>

#include "common/json/json.h"
#include "worker/providers/llm/service_settings.h"
#include "worker/providers/llm/tool_names.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct OllamaSettings {
  // The first call after a pause loads the model: tens of seconds.
  ServiceSettings service{.base_url = "http://localhost:11434",
                          .api_key = {},
                          .deadlines = {.connect = Milliseconds(3000),
                                        .first_byte = Milliseconds(60'000),
                                        .stall = Milliseconds(60'000),
                                        .total = Milliseconds(300'000)}};
  std::string model_name;
  std::optional<double> temperature;
  bool disable_thinking = true;
  std::string keep_alive = "30m";  // how long the model stays loaded without a request; empty: Ollama decides
};

OllamaSettings read_ollama(ConfigSection& section);
std::unique_ptr<LlmProvider> make_ollama(OllamaSettings settings, const ProviderContext& context);

// The body of a request. Pure.
json::object ollama_request(const OllamaSettings& settings, const LlmRequest& request,
                            const ToolNames& names);

}  // namespace earshot::worker
