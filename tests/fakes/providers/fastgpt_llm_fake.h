// FastGPT's chat/completions (provider-protocol 1.5): OpenAI's stream under another path, errors in its own
// form.
#pragma once

#include "tests/fakes/providers/openai_llm_fake.h"

namespace earshot::fakes {

class FastGptLlmFake : public OpenAiLlmFake {
 public:
  using OpenAiLlmFake::OpenAiLlmFake;
  // Status 200 with FastGPT's own error object.
  void refuse_key() {
    FakeFault fault;
    fault.status = 200;
    fault.body = R"({"code":514,"statusText":"unAuthApiKey","message":"key is invalid","data":null})";
    server().set_fault(fault);
  }
};

}  // namespace earshot::fakes
