#include "tests/fakes/providers/dify_llm_fake.h"

namespace earshot::fakes {

DifyLlmFake::DifyLlmFake(LlmBrain brain, LlmDelays delays) : brain_(std::move(brain)), delays_(delays) {
  server_.on("POST", "/v1/chat-messages",
             [this](const FakeRequest& request, FakeAnswer& answer) { chat(request, answer); });
  server_.on("POST", "/v1/workflows/run",
             [this](const FakeRequest& request, FakeAnswer& answer) { workflow(request, answer); });
}

void DifyLlmFake::chat(const FakeRequest& request, FakeAnswer& answer) {
  const std::string id = "conv" + std::to_string(generation_);
  const bool is_new = request.body.find(R"("conversation_id":"")") != std::string::npos;
  const bool is_known = request.body.find(R"("conversation_id":")" + id + "\"") != std::string::npos;
  if (!is_new && !is_known) {
    answer.head(404, "application/json");
    answer.send(R"({"code":"not_found","message":"Conversation Not Exists.","status":404})");
    return;
  }
  const LlmReply reply = brain_(request.body);
  const std::string ids = R"("conversation_id":")" + id + R"(","message_id":"m1","task_id":"t1")";
  answer.head(200, "text/event-stream");
  answer.send(sse(R"({"event":"workflow_started",)" + ids + R"(,"data":{}})"));
  answer.send(sse(R"({"event":"node_started",)" + ids + R"(,"data":{}})"));
  answer.wait(delays_.first_token);
  for (const auto& token : reply.tokens) {
    answer.send(sse(R"({"event":"message",)" + ids + R"(,"answer":)" + json_text(token) + "}"));
    answer.wait(delays_.token);
    if (fails_) {
      answer.send(sse(R"({"event":"error",)" + ids +
                      R"(,"status":500,"code":"completion_request_error","message":"x"})"));
      return;
    }
  }
  answer.send("event: ping\n\n");
  answer.send(sse(R"({"event":"message_end",)" + ids +
                  R"(,"metadata":{"usage":{"prompt_tokens":12,"completion_tokens":34}}})"));
}

void DifyLlmFake::workflow(const FakeRequest& request, FakeAnswer& answer) {
  std::string text;
  for (const auto& token : brain_(request.body).tokens) text += token;
  answer.head(200, "text/event-stream");
  answer.send(sse(R"({"event":"workflow_started","data":{}})"));
  answer.wait(delays_.first_token);
  answer.send(sse(fails_
                      ? R"({"event":"workflow_finished","data":{"status":"failed","error":"x"}})"
                      : R"({"event":"workflow_finished","data":{"status":"succeeded","outputs":{"answer":)" +
                            json_text(text) + R"(},"total_tokens":46}})"));
}

}  // namespace earshot::fakes
