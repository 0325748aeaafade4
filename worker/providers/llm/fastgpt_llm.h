// A FastGPT application (provider-protocol 1.5): OpenAI's stream, but prompt, knowledge and tools are the
// application's own. By default the whole dialogue is sent and no chatId, so that its memory is ours: words that
// were never heard, or a guess taken back, leave no trace there. With `use_chat_id` the application keeps it: only
// the last words are sent, under the session as chatId.
#pragma once

#include <memory>

#include "common/json/json.h"
#include "worker/providers/llm/service_settings.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct FastGptSettings {
  ServiceSettings service{.base_url = "https://api.fastgpt.in/api/v1",
                          .api_key = {},
                          .deadlines = {.connect = Milliseconds(3000),
                                        .first_byte = Milliseconds(30'000),
                                        .stall = Milliseconds(60'000),
                                        .total = Milliseconds(300'000)}};
  json::object variables;  // of the application
  bool use_chat_id = false;
};

FastGptSettings read_fastgpt(ConfigSection& section);
std::unique_ptr<LlmProvider> make_fastgpt(FastGptSettings settings, const ProviderContext& context);

// The body of a request. Pure.
json::object fastgpt_request(const FastGptSettings& settings, const LlmRequest& request);

}  // namespace earshot::worker
