#include "tests/fakes/providers/openai_llm_fake.h"

namespace earshot::fakes {

namespace {

using Variant = OpenAiLlmFake::Variant;

constexpr const char* kUsage = R"({"prompt_tokens":12,"completion_tokens":34,"total_tokens":46})";

std::string chunk(const std::string& delta, const std::string& finish = "null",
                  const std::string& usage = "null") {
  return sse(
      R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":)" +
      delta + R"(,"finish_reason":)" + finish + R"(}],"usage":)" + usage + "}");
}

std::string content(const std::string& text) {
  return chunk(R"({"content":)" + json_text(text) + "}");
}

std::string fragment(std::size_t index, const std::string& id, const std::string& function) {
  return chunk(R"({"tool_calls":[{"index":)" + std::to_string(index) + id + R"(,"function":)" + function +
               "}]}");
}

// As OpenAI sends them: the name first, then the arguments in pieces.
void send_calls(const LlmReply& reply, FakeAnswer& answer) {
  for (std::size_t i = 0; i < reply.calls.size(); ++i) {
    const auto& call = reply.calls[i];
    const std::string id = R"(,"id":"call_abc)" + std::to_string(i) + R"(","type":"function")";
    answer.send(fragment(i, id, R"({"name":)" + json_text(call.name) + R"(,"arguments":""})"));
    const std::size_t half = call.arguments.size() / 2;
    for (const std::string& part : {call.arguments.substr(0, half), call.arguments.substr(half)}) {
      answer.send(fragment(i, "", R"({"arguments":)" + json_text(part) + "}"));
    }
  }
}

void send_whole_calls(const LlmReply& reply, FakeAnswer& answer) {
  std::string list;
  for (const auto& call : reply.calls) {
    list += std::string(list.empty() ? "" : ",") + R"({"id":null,"type":"function","function":{"name":)" +
            json_text(call.name) + R"(,"arguments":)" + json_text(call.arguments) + "}}";
  }
  if (!list.empty()) answer.send(chunk(R"({"content":null,"tool_calls":[)" + list + "]}"));
}

void send_whole(const LlmReply& reply, FakeAnswer& answer) {
  std::string text;
  for (const auto& token : reply.tokens) text += token;
  answer.head(200, "application/json");
  answer.send(R"({"choices":[{"index":0,"message":{"role":"assistant","content":)" + json_text(text) +
              R"(},"finish_reason":"stop"}],"usage":)" + kUsage + "}");
}

std::string named(const std::string& name, const std::string& event) {
  return "event: " + name + "\n" + event;
}

}  // namespace

OpenAiLlmFake::OpenAiLlmFake(LlmBrain brain, LlmDelays delays) : brain_(std::move(brain)), delays_(delays) {
  server_.on("POST", "/v1/chat/completions",
             [this](const FakeRequest& request, FakeAnswer& out) { answer(request, out); });
}

void OpenAiLlmFake::answer(const FakeRequest& request, FakeAnswer& answer) {
  const Variant variant = variant_;
  const LlmReply reply = brain_(request.body);
  const auto asks_for = [&](const char* option) { return request.body.find(option) != std::string::npos; };
  const bool refuses_options =
      variant == Variant::kRefusesStreamOptions || variant == Variant::kRefusesStreamOptionsAndTools;
  if (refuses_options && asks_for("\"stream_options\"")) {
    answer.head(400, "application/json");
    answer.send(R"({"error":{"message":"unknown field stream_options","code":"invalid_request"}})");
    return;
  }
  if (variant == Variant::kRefusesStreamOptionsAndTools && asks_for("\"tools\"")) {
    answer.head(400, "application/json");
    answer.send(R"({"error":{"message":"gemma:2b does not support tools","type":"api_error","code":null}})");
    return;
  }
  if (variant == Variant::kRefusesHeat && asks_for("\"temperature\":1.5E0")) {
    answer.head(400, "application/json");
    answer.send(R"({"error":{"message":"Unsupported value","param":"temperature"}})");
    return;
  }
  if (variant == Variant::kWholeAnswer) return send_whole(reply, answer);
  answer.head(200, "text/event-stream");
  answer.send(": keep-alive\n\n" + chunk(R"({"role":"assistant","content":""})"));
  answer.wait(delays_.first_token);
  if (variant == Variant::kReasoningField) {
    answer.send(chunk(R"({"content":null,"reasoning_content":"secret thoughts"})"));
  }
  if (variant == Variant::kThinkTags) {
    for (const char* piece : {"<th", "ink>secret ", "thoughts</thi", "nk>\n\n"}) answer.send(content(piece));
  }
  if (variant == Variant::kOrphanThinkEnd) {
    for (const char* piece : {"secret ", "thoughts\n</thi", "nk>\n\n"}) answer.send(content(piece));
  }
  if (variant == Variant::kNamedEvents) {
    answer.send(named("flowNodeStatus", sse(R"({"status":"running","name":"AI"})")));
  }
  std::size_t sent = 0;
  const bool thought = variant == Variant::kReasoningField || variant == Variant::kThinkTags;
  for (const auto& token : reply.tokens) {
    if (sent > 0 || thought) answer.wait(delays_.token);
    answer.send(variant == Variant::kNamedEvents ? named("answer", content(token)) : content(token));
    if (++sent == 2 && variant == Variant::kErrorMidStream) {
      answer.send(
          sse(R"({"error":{"message":"overloaded: sk-key","type":"server_error","code":"overloaded"}})"));
      return;
    }
  }
  if (variant == Variant::kBreaksOff) return;
  if (variant == Variant::kTextCalls) {
    for (const auto& call : reply.calls) {
      answer.send(content("<tool_"));
      answer.send(content("call>{\"name\":" + json_text(call.name) + ",\"arguments\":" + call.arguments +
                          "}</tool_call>"));
    }
  } else if (variant == Variant::kWholeCallsNoIndex) {
    send_whole_calls(reply, answer);
  } else {
    send_calls(reply, answer);
  }
  const bool called = !reply.calls.empty() && variant != Variant::kTextCalls;
  const bool merged = variant == Variant::kMergedUsage;
  answer.send(chunk("{}", called ? "\"tool_calls\"" : "\"stop\"", merged ? kUsage : "null"));
  if (variant == Variant::kOpenAfterFinish) answer.wait(std::chrono::hours(1));
  if (!merged) answer.send(sse(std::string(R"({"choices":[],"usage":)") + kUsage + "}"));
  if (variant != Variant::kNoDone) answer.send(sse("[DONE]"));
}

}  // namespace earshot::fakes
