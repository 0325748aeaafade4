#include "worker/providers/llm/reply_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/providers/llm/openai_reader.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;

struct Decoded {
  std::string text;
  std::vector<ToolCall> calls;
  std::optional<LlmUsage> usage;
  std::optional<Status> end;
};

// Pieces of `step` bytes, as TCP may cut them.
Decoded decode(std::string_view body, std::size_t step, ReplyContext context = {}) {
  ReplyDecoder decoder(std::make_unique<OpenAiReader>(), ReplyDecoder::Framing::kServerSentEvents,
                       std::move(context));
  Decoded outcome;
  const auto take = [&](ReplyEvents events) {
    outcome.text += events.text;
    outcome.calls.insert(outcome.calls.end(), events.calls.begin(), events.calls.end());
    if (events.usage) outcome.usage = events.usage;
    if (events.end) outcome.end = std::move(events.end);
  };
  for (std::size_t at = 0; at < body.size() && !outcome.end; at += step)
    take(decoder.feed(body.substr(at, step)));
  if (!outcome.end) take(decoder.finish());
  return outcome;
}

std::string words(std::string_view text) {
  return "data: {\"choices\":[{\"delta\":{\"content\":" + json::serialize(json::value(text)) + "}}]}\r\n\r\n";
}
const std::string kStop =
    "data:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

class ReplyDecoderPieces : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, ReplyDecoderPieces, testing::Values(1, 2, 3, 7, 4096));

TEST_P(ReplyDecoderPieces, DropsThoughtsWhereverTheTagsAreSplit) {
  const std::pair<std::vector<std::string>, std::string> kCases[] = {
      {{"<think>no</think>yes"}, "yes"},
      {{"<", "th", "ink", ">no</t", "hink", ">", "\n\n", "yes"}, "yes"},
      {{"a<think>no</think>b<think>no</think>c"}, "abc"},
      {{"no opening tag</think>yes"}, "no opening tagyes"},
      {{"1 <2 and <thinks>"}, "1 <2 and <thinks>"},
      {{"yes <thi"}, "yes <thi"},
      {{"yes<think>never closed"}, "yes"},
      {{" \n", " 你好", "，世界"}, "你好，世界"},
  };
  for (const auto& [pieces, text] : kCases) {
    std::string body;
    for (const auto& piece : pieces) body += words(piece);
    const Decoded outcome = decode(body + kStop, GetParam());
    EXPECT_EQ(outcome.text, text);
    EXPECT_TRUE(outcome.end->ok());
  }
}

TEST_P(ReplyDecoderPieces, FindsCallsWrittenAsText) {
  LlmRequest request;
  request.tools = {{.name = "self.volume", .description = "", .input_schema = "{}"}};
  const Decoded outcome =
      decode(words("<tool_") +
                 words("call>\n{\"name\":\"self_volume\",\"arguments\":{\"v\":5}}\n</tool_call>") + kStop,
             GetParam(), ReplyContext::of(request));
  EXPECT_EQ(outcome.text, "");
  ASSERT_EQ(outcome.calls.size(), 1U);
  EXPECT_EQ(outcome.calls[0].name, "self.volume");
  EXPECT_EQ(outcome.calls[0].arguments, "{\"v\":5}");
  EXPECT_EQ(outcome.calls[0].id, "call_1");
}

TEST(ReplyDecoder, IdsOfCallsAreUniqueInTheDialogue) {
  LlmRequest request;
  request.dialogue = {{.role = Message::Role::kAssistant,
                       .text = "",
                       .tool_calls = {{.id = "call_2", .name = "f", .arguments = "{}"}},
                       .tool_call_id = "",
                       .is_error = false}};
  const std::string body =
      R"(data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_2","function":{"name":"f"}},)"
      R"({"index":1,"function":{"name":"g","arguments":" "}}]},"finish_reason":"tool_calls"}]})"
      "\n\n";
  const Decoded outcome = decode(body + kStop, 4096, ReplyContext::of(request));
  ASSERT_EQ(outcome.calls.size(), 2U);
  EXPECT_NE(outcome.calls[0].id, "call_2");
  EXPECT_NE(outcome.calls[0].id, outcome.calls[1].id);
  EXPECT_FALSE(outcome.calls[1].id.empty());
  EXPECT_EQ(outcome.calls[1].arguments, "{}");
}

struct Failure {
  std::string body;
  ErrorCode code;
  std::string what;
};

TEST(ReplyDecoder, NamesWhatIsWrongWithAnAnswer) {
  const Failure kFailures[] = {
      {"", ErrorCode::kUnavailable, "empty"},
      {"\n\n", ErrorCode::kUnavailable, "empty"},
      {"<!DOCTYPE html><html>", ErrorCode::kInvalid, "web page"},
      {"{\"error\":{\"message\":\"bad key sk-123\",\"code\":\"invalid_api_key\"}}", ErrorCode::kInvalid,
       "check the key"},
      {"{\"error\":{\"message\":\"x\",\"code\":\"sk-1-2-3\"}}", ErrorCode::kUnavailable, "reports an error"},
      {"{\"code\":514,\"statusText\":\"unAuth\"}", ErrorCode::kUnavailable, "514"},
      {"{broken", ErrorCode::kInvalid, "neither a stream nor JSON"},
      {words("half"), ErrorCode::kUnavailable, "broke off"},
      {"data: {broken\n\n", ErrorCode::kInvalid, "not a JSON object"},
      {"data: {\"error\":{\"type\":\"server_error\"}}\n\n", ErrorCode::kUnavailable, "server_error"},
      {"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n", ErrorCode::kInvalid,
       "filter"},
      {words("<think>only thoughts") + kStop, ErrorCode::kUnavailable, "said nothing"},
      {"data: " + std::string(2'000'000, 'x'), ErrorCode::kTooLarge, "too large"},
      {"{" + std::string(2'000'000, ' '), ErrorCode::kTooLarge, "larger than allowed"},
      {R"(data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a"}}]},)"
       R"("finish_reason":"length"}]})"
       "\n\n",
       ErrorCode::kInvalid, "arguments of a tool call"},
  };
  for (const Failure& one : kFailures) {
    const Decoded outcome = decode(one.body, 5000);
    ASSERT_TRUE(outcome.end.has_value()) << one.what;
    ASSERT_FALSE(outcome.end->ok()) << one.what;
    EXPECT_EQ(outcome.end->error().code, one.code) << one.what;
    EXPECT_THAT(outcome.end->error().message, HasSubstr(one.what));
    EXPECT_THAT(outcome.end->error().message, testing::Not(HasSubstr("sk-"))) << "keys stay out of errors";
  }
}

TEST(ReplyDecoder, BytesThatAreNotUtf8AreReplaced) {
  const Decoded outcome =
      decode("data: {\"choices\":[{\"delta\":{\"content\":\"a\xFFz\"}}]}\n\n" + kStop, 4096);
  EXPECT_EQ(outcome.text, "a\xEF\xBF\xBDz");
  EXPECT_TRUE(outcome.end->ok());
}

TEST(ReplyDecoder, AfterAToolAnswerAModelMayBeSilent) {
  LlmRequest request;
  request.dialogue = {
      {.role = Message::Role::kTool, .text = "ok", .tool_calls = {}, .tool_call_id = "", .is_error = false}};
  EXPECT_TRUE(decode(kStop, 4096, ReplyContext::of(request)).end->ok());
}

}  // namespace
}  // namespace earshot::worker
