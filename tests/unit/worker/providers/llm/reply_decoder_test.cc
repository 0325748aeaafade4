#include "worker/providers/llm/reply_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/providers/llm/openai_reader.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;

struct Decoded {
  std::string text;
  std::uint32_t unread = 0;
  bool finishing = false;
  std::optional<bool> unopened;
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
    outcome.finishing = outcome.finishing || events.finishing;
    if (events.unopened_thought) outcome.unopened = events.unopened_thought;
    if (events.end) outcome.end = std::move(events.end);
  };
  for (std::size_t at = 0; at < body.size() && !outcome.end; at += step)
    take(decoder.feed(body.substr(at, step)));
  if (!outcome.end) take(decoder.finish());
  outcome.unread = decoder.unread();
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

std::string delta(const std::string& json) {
  return "data: {\"choices\":[{\"delta\":" + json + "}]}\n\n";
}
std::string fragment(const std::string& json) {
  return delta(R"({"tool_calls":[)" + json + "]}");
}

// What a service may do wrong without losing its reply.
TEST_P(ReplyDecoderPieces, OneBadPartLosesNothingElse) {
  const std::tuple<std::string, std::string, std::uint32_t> kBodies[] = {
      {"\xEF\xBB\xBF" + words("First ") + words("words.") + kStop, "First words.", 0},
      {"data: : OPENROUTER PROCESSING\n\n" + words("Here.") + kStop, "Here.", 1},
      {words("One ") + "data: {\"choices\":[{\n\n" + words("two.") + kStop, "One two.", 1},
      {"data: " + words("Twice.") + kStop, "Twice.", 0},
      {delta(
           R"({"content":[{"type":"text","text":"In "},{"type":"image"},{"type":"text","text":"parts."}]})") +
           kStop,
       "In parts.", 0},
      {delta(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]})") +
           words("Yes.") + kStop,
       "Yes.", 0},
      {delta(R"({"content":null,"refusal":"I can not."})") + kStop, "I can not.", 0},
      {words("No mark at the end."), "No mark at the end.", 0},
      {fragment(R"({"index":0,"id":"a","function":{"arguments":"{}"}})") + words("A call without a name.") +
           kStop,
       "A call without a name.", 1},
      {"\xEF\xBB\xBF{\"choices\":[{\"message\":{\"content\":\"Whole.\"}}]}", "Whole.", 0},
  };
  for (const auto& [body, text, unread] : kBodies) {
    const Decoded outcome = decode(body, GetParam());
    EXPECT_EQ(outcome.text, text);
    ASSERT_TRUE(outcome.end.has_value()) << text;
    EXPECT_TRUE(outcome.end->ok()) << text << ": " << outcome.end->error().message;
    EXPECT_EQ(outcome.unread, unread) << text;
  }
}

TEST_P(ReplyDecoderPieces, CallsAreGivenWithArgumentsThatAreAnObjectOrMarked) {
  const std::tuple<std::string, std::string, bool> kArguments[] = {
      {"", "{}", false},
      {"{}", "{}", false},
      {"null", "{}", false},
      {R"({\"v\":1})", R"({"v":1})", false},
      {R"({}{\"v\":1})", R"({"v":1})", false},
      {R"({\"v\":1}{\"v\":1})", R"({"v":1})", false},
      {R"(\"{\\\"v\\\":1}\")", R"({"v":1})", false},
      {R"({'v': 1)", "{}", true},
      {R"({\"v\":1}{\"v\":2})", "{}", true},
      {"5", "{}", true},
      {"[1]", "{}", true},
  };
  for (const auto& [written, arguments, unusable] : kArguments) {
    const Decoded outcome = decode(
        words("So.") + fragment(R"({"index":0,"function":{"name":"f","arguments":")" + written + R"("}})") +
            kStop,
        GetParam());
    ASSERT_TRUE(outcome.end->ok()) << written;
    ASSERT_EQ(outcome.calls.size(), 1U) << written;
    EXPECT_EQ(outcome.calls[0].arguments, arguments) << written;
    EXPECT_EQ(outcome.calls[0].unusable, unusable) << written;
    EXPECT_EQ(outcome.text, "So.");
  }
}

TEST_P(ReplyDecoderPieces, AnEarlyMarkOfTheEndIsNotBelieved) {
  const std::string early =
      "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n";
  ReplyDecoder decoder(std::make_unique<OpenAiReader>(), ReplyDecoder::Framing::kServerSentEvents, {});
  EXPECT_FALSE(decoder.feed(early).finishing);
  EXPECT_EQ(decoder.feed(words("It goes on.")).text, "It goes on.");
  EXPECT_TRUE(decoder.feed(early).finishing);

  // Nor are the arguments of a call over with it.
  const Decoded called = decode(
      R"(data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]},)"
      R"("finish_reason":"tool_calls"}]})"
      "\n\n" +
          fragment(R"({"index":0,"function":{"arguments":"{\"v\":1}"}})") + kStop,
      GetParam());
  EXPECT_TRUE(called.finishing);
  ASSERT_EQ(called.calls.size(), 1U);
  EXPECT_EQ(called.calls[0].arguments, R"({"v":1})");
}

TEST_P(ReplyDecoderPieces, TextBehindAThoughtWithoutItsBeginningIsTold) {
  const std::string body =
      words("I will say green.\n</thi") + words("nk>\n\n") + words("It is green.") + kStop;
  const Decoded first = decode(body, GetParam());
  EXPECT_EQ(first.unopened, true);
  ReplyContext known;
  known.may_begin_in_thought = true;
  const Decoded second = decode(body, GetParam(), known);
  EXPECT_EQ(second.text, "It is green.");
  EXPECT_EQ(second.unopened, true);
  const Decoded ordinary = decode(words("It is ") + words("green.") + kStop, GetParam(), known);
  EXPECT_EQ(ordinary.text, "It is green.");
  EXPECT_EQ(ordinary.unopened, false);
}

TEST(ReplyDecoder, BytesWithNothingToShowAreASignOfLife) {
  ReplyDecoder decoder(std::make_unique<OpenAiReader>(), ReplyDecoder::Framing::kServerSentEvents, {});
  for (const std::string& silent :
       {std::string(": keep-alive\n\n"), delta(R"({"reasoning_content":"hm"})"), words("<think>"),
        words("hm"), fragment(R"({"index":0,"function":{"name":"f","arguments":"{"}})")}) {
    const ReplyEvents events = decoder.feed(silent);
    EXPECT_TRUE(events.alive) << silent;
    EXPECT_TRUE(events.text.empty() && !events.end) << silent;
  }
}

TEST(ReplyDecoder, ACallInTheTextThatNobodyCanReadIsToldToTheModel) {
  LlmRequest request;
  request.tools = {{.name = "f", .description = "", .input_schema = "{}"}};
  const Decoded outcome =
      decode(words("<tool_call>please set {</tool_call>") + kStop, 4096, ReplyContext::of(request));
  EXPECT_TRUE(outcome.end->ok());
  ASSERT_EQ(outcome.calls.size(), 1U);
  EXPECT_TRUE(outcome.calls[0].unusable);
  EXPECT_EQ(outcome.unread, 1U);
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
      {"<!DOCTYPE html><html>", ErrorCode::kUnavailable, "web page"},
      {"{\"error\":{\"message\":\"bad key sk-123\",\"code\":\"invalid_api_key\"}}", ErrorCode::kUnavailable,
       "check the key"},
      {"{\"error\":{\"message\":\"x\",\"code\":\"sk-1-2-3\"}}", ErrorCode::kUnavailable, "reports an error"},
      {"{\"code\":514,\"statusText\":\"unAuth\"}", ErrorCode::kUnavailable, "514"},
      {"{broken", ErrorCode::kUnavailable, "neither a stream nor JSON"},
      {words(""), ErrorCode::kUnavailable, "broke off"},
      {words("half") + "data: {\"choi", ErrorCode::kUnavailable, "broke off"},
      {"data: {broken\n\n", ErrorCode::kUnavailable, "no event of the stream is a JSON object"},
      {"data: {broken\n\ndata: [DONE]\n\n", ErrorCode::kUnavailable, "no event of the stream"},
      {"data: {\"error\":{\"code\":\"data_inspection_failed\"}}\n\n", ErrorCode::kInvalid, "inspection"},
      {"data: {\"error\":{\"type\":\"server_error\"}}\n\n", ErrorCode::kUnavailable, "server_error"},
      {"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n", ErrorCode::kInvalid,
       "filter"},
      {words("<think>only thoughts") + kStop, ErrorCode::kInvalid, "said nothing"},
      {"data: " + std::string(2'000'000, 'x'), ErrorCode::kTooLarge, "too large"},
      {"{" + std::string(2'000'000, ' '), ErrorCode::kTooLarge, "larger than allowed"},
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
