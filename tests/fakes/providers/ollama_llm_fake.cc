#include "tests/fakes/providers/ollama_llm_fake.h"

namespace earshot::fakes {

namespace {

std::string line(const std::string& message) {
  return R"({"model":"m","created_at":"t","message":{"role":"assistant",)" + message +
         R"(},"done":false})"
         "\n";
}

}  // namespace

OllamaLlmFake::OllamaLlmFake(LlmBrain brain, LlmDelays delays) : brain_(std::move(brain)), delays_(delays) {
  server_.on("POST", "/api/chat", [this](const FakeRequest& request, FakeAnswer& answer) {
    const LlmReply reply = brain_(request.body);
    answer.head(200, "application/x-ndjson");
    answer.wait(delays_.first_token);
    answer.send(line(R"("content":"","thinking":"secret thoughts")"));
    for (const auto& token : reply.tokens) {
      answer.send(line(R"("content":)" + json_text(token)));
      answer.wait(delays_.token);
    }
    std::string calls;
    for (const auto& call : reply.calls) {
      calls += std::string(calls.empty() ? "" : ",") + R"({"function":{"name":)" + json_text(call.name) +
               R"(,"arguments":)" + call.arguments + "}}";
    }
    if (!calls.empty()) answer.send(line(R"("content":"","tool_calls":[)" + calls + "]"));
    answer.send(
        R"({"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",)"
        R"("prompt_eval_count":12,"eval_count":34})"
        "\n");
  });
}

}  // namespace earshot::fakes
