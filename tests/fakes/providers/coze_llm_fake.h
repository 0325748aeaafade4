// Coze's conversation/create and v3/chat (provider-protocol 1.6, 11.2).
#pragma once

#include <atomic>

#include "tests/fakes/providers/llm_reply.h"

namespace earshot::fakes {

class CozeLlmFake {
 public:
  explicit CozeLlmFake(LlmBrain brain, LlmDelays delays = {});

  std::string base_url() const { return server_.url(); }
  FakeHttpServer& server() { return server_; }
  void refuse_key(bool refuse) { refuses_ = refuse; }  // as Coze does: status 200, code 4100

 private:
  void create(FakeAnswer& answer);
  void chat(const FakeRequest& request, FakeAnswer& answer);

  LlmBrain brain_;
  LlmDelays delays_;
  std::atomic<bool> refuses_{false};
  FakeHttpServer server_;
};

}  // namespace earshot::fakes
