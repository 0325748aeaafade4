// A Dify application: chat (default), completion or workflow (provider-protocol 1.4). Prompt, tools and, for
// a chat, the memory of the dialogue are Dify's own; only the user's last words are sent.
#pragma once

#include <memory>

#include "common/json/json.h"
#include "worker/providers/llm/service_settings.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct DifySettings {
  ServiceSettings service{.base_url = "https://api.dify.ai/v1",
                          .api_key = {},
                          .deadlines = {.connect = Milliseconds(3000),
                                        .first_byte = Milliseconds(30'000),
                                        .stall = Milliseconds(60'000),
                                        .total = Milliseconds(300'000)}};
  enum class Mode { kChat, kCompletion, kWorkflow };
  Mode mode = Mode::kChat;
  json::object inputs;  // of the application, sent with each request
};

DifySettings read_dify(ConfigSection& section);
std::unique_ptr<LlmProvider> make_dify(DifySettings settings, const ProviderContext& context);

// The body of a request. Pure.
json::object dify_request(const DifySettings& settings, const LlmRequest& request,
                          const std::string& conversation_id);

}  // namespace earshot::worker
