// A Coze bot (provider-protocol 1.6). Prompt and memory are the bot's own; only the user's last words are
// sent. Its local plug-ins may carry the names of the device's tools: then Coze asks and the device answers.
#pragma once

#include <memory>

#include "common/json/json.h"
#include "worker/providers/llm/service_settings.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct CozeSettings {
  ServiceSettings service{.base_url = "https://api.coze.cn",
                          .api_key = {},
                          .deadlines = {.connect = Milliseconds(3000),
                                        .first_byte = Milliseconds(30'000),
                                        .stall = Milliseconds(60'000),
                                        .total = Milliseconds(300'000)}};
  std::string bot_id;
  std::string user_id = "earshot";  // of devices that nobody knows
};

CozeSettings read_coze(ConfigSection& section);
std::unique_ptr<LlmProvider> make_coze(CozeSettings settings, const ProviderContext& context);

// The bodies of requests. Pure.
json::object coze_chat(const CozeSettings& settings, const LlmRequest& request);
json::object coze_tool_outputs(const LlmRequest& request);  // the answers at the end of the dialogue

}  // namespace earshot::worker
