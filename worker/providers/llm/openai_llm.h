// Any service that speaks OpenAI's chat/completions: Aliyun, Doubao, DeepSeek, ChatGLM, Moonshot,
// SiliconFlow, LM Studio, Xinference, Ollama and OpenAI itself, by base URL (provider-protocol 1.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/json/json.h"
#include "worker/providers/llm/service_settings.h"
#include "worker/providers/llm/tool_names.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct OpenAiSettings {
  ServiceSettings service{.base_url = "https://api.openai.com/v1",
                          .api_key = {},
                          .deadlines = {.connect = Milliseconds(3000),
                                        .first_byte = Milliseconds(15'000),
                                        .stall = Milliseconds(60'000),
                                        .total = Milliseconds(300'000)}};
  std::string model_name;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<double> frequency_penalty;
  std::optional<double> presence_penalty;
  std::uint32_t max_tokens = 0;   // 0: the service's own limit
  std::uint32_t max_tools = 128;  // OpenAI's own limit; 0: none are offered
  bool disable_thinking = true;   // where the host is known to have a switch for it
  json::object extra_body;        // put into every request, over everything else
};

OpenAiSettings read_openai(ConfigSection& section);
std::unique_ptr<LlmProvider> make_openai(OpenAiSettings settings, const ProviderContext& context);

// Of two limits of which 0 is none.
std::uint32_t shorter_of(std::uint32_t configured, std::uint32_t wished);
// The body of a request. Pure.
json::object openai_request(const OpenAiSettings& settings, const LlmRequest& request,
                            const ToolNames& names);

}  // namespace earshot::worker
