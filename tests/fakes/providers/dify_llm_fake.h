// Dify's chat and workflow apps (provider-protocol 1.4, 11.2).
#pragma once

#include <atomic>

#include "tests/fakes/providers/llm_reply.h"

namespace earshot::fakes {

class DifyLlmFake {
 public:
  explicit DifyLlmFake(LlmBrain brain, LlmDelays delays = {});

  std::string base_url() const { return server_.url("/v1"); }
  FakeHttpServer& server() { return server_; }
  // The conversations so far are gone: their ids are answered with 404.
  void forget_conversations() { ++generation_; }
  void fail_mid_stream(bool fail) { fails_ = fail; }

 private:
  void chat(const FakeRequest& request, FakeAnswer& answer);
  void workflow(const FakeRequest& request, FakeAnswer& answer);

  LlmBrain brain_;
  LlmDelays delays_;
  std::atomic<int> generation_{1};
  std::atomic<bool> fails_{false};
  FakeHttpServer server_;
};

}  // namespace earshot::fakes
