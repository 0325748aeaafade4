#include "tests/fakes/providers/coze_llm_fake.h"

namespace earshot::fakes {

namespace {

constexpr const char* kRefusal = R"({"code":4100,"msg":"authentication is invalid","detail":{"logid":"l"}})";

std::string event(const std::string& name, const std::string& data) {
  return "event:" + name + "\ndata:" + data + "\n\n";
}

std::string chat_object(const std::string& more) {
  return R"({"id":"chat7","conversation_id":"conv7","bot_id":"b",)" + more + "}";
}

std::string message(const std::string& type, const std::string& content) {
  return R"({"id":"m1","conversation_id":"conv7","role":"assistant","type":")" + type + R"(","content":)" +
         json_text(content) + R"(,"content_type":"text","chat_id":"chat7"})";
}

}  // namespace

CozeLlmFake::CozeLlmFake(LlmBrain brain, LlmDelays delays) : brain_(std::move(brain)), delays_(delays) {
  server_.on("POST", "/v1/conversation/create",
             [this](const FakeRequest&, FakeAnswer& answer) { create(answer); });
  const auto chat_script = [this](const FakeRequest& request, FakeAnswer& answer) { chat(request, answer); };
  server_.on("POST", "/v3/chat", chat_script);
  server_.on("POST", "/v3/chat/submit_tool_outputs", chat_script);
}

void CozeLlmFake::create(FakeAnswer& answer) {
  answer.head(200, "application/json");
  answer.send(refuses_ ? kRefusal : R"({"code":0,"msg":"","data":{"id":"conv7","created_at":1}})");
}

void CozeLlmFake::chat(const FakeRequest& request, FakeAnswer& answer) {
  if (refuses_) {
    answer.head(200, "application/json");
    answer.send(kRefusal);
    return;
  }
  const LlmReply reply = brain_(request.body);
  answer.head(200, "text/event-stream");
  answer.send(event("conversation.chat.created", chat_object(R"("status":"created")")));
  answer.send(event("conversation.chat.in_progress", chat_object(R"("status":"in_progress")")));
  answer.wait(delays_.first_token);
  std::string text;
  for (const auto& token : reply.tokens) {
    answer.send(event("conversation.message.delta", message("answer", token)));
    answer.wait(delays_.token);
    text += token;
  }
  if (!reply.calls.empty()) {
    std::string calls;
    for (const auto& call : reply.calls) {
      calls += std::string(calls.empty() ? "" : ",") + R"({"id":"tool_)" + call.name +
               R"(","type":"function","function":{"name":)" + json_text(call.name) + R"(,"arguments":)" +
               json_text(call.arguments) + "}}";
    }
    answer.send(
        event("conversation.chat.requires_action",
              chat_object(R"("status":"requires_action","required_action":{"type":"submit_tool_outputs",)"
                          R"("submit_tool_outputs":{"tool_calls":[)" +
                          calls + "]}}")));
    answer.send(event("done", "\"[DONE]\""));
    return;
  }
  answer.send(event("conversation.message.completed", message("answer", text)));
  answer.send(event("conversation.message.completed",
                    message("verbose", "{\"msg_type\":\"generate_answer_finish\"}")));
  answer.send(event("conversation.message.completed", message("follow_up", "What else?")));
  answer.send(event(
      "conversation.chat.completed",
      chat_object(R"("status":"completed","usage":{"token_count":46,"output_count":34,"input_count":12})")));
  answer.send(event("done", "\"[DONE]\""));
}

}  // namespace earshot::fakes
