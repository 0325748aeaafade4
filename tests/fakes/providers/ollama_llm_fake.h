// Ollama's /api/chat (provider-protocol 1.2).
#pragma once

#include "tests/fakes/providers/llm_reply.h"

namespace earshot::fakes {

class OllamaLlmFake {
 public:
  explicit OllamaLlmFake(LlmBrain brain, LlmDelays delays = {});

  std::string base_url() const { return server_.url(); }
  FakeHttpServer& server() { return server_; }

 private:
  LlmBrain brain_;
  LlmDelays delays_;
  FakeHttpServer server_;
};

}  // namespace earshot::fakes
