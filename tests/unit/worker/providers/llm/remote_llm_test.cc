// The remote brains against servers on loopback that play their part; waits are bounded, events decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/fakes/providers/coze_llm_fake.h"
#include "tests/fakes/providers/dify_llm_fake.h"
#include "tests/fakes/providers/fastgpt_llm_fake.h"
#include "tests/fakes/providers/ollama_llm_fake.h"
#include "tests/fakes/providers/openai_llm_fake.h"
#include "worker/providers/llm/llm_factory.h"

namespace earshot::worker {
namespace {

using fakes::FakeFault;
using fakes::LlmReply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Variant = fakes::OpenAiLlmFake::Variant;

constexpr std::string_view kKey = "sk-secret-key";

struct Outcome {
  std::string text;
  int deltas = 0;
  std::vector<ToolCall> calls;
  std::optional<LlmUsage> usage;
  std::optional<Status> done;
};

LlmRequest asking(const std::string& words) {
  LlmRequest request;
  request.dialogue = {
      {.role = Message::Role::kSystem,
       .text = "Be kind",
       .tool_calls = {},
       .tool_call_id = "",
       .is_error = false},
      {.role = Message::Role::kUser, .text = words, .tool_calls = {}, .tool_call_id = "", .is_error = false}};
  request.tools = {{.name = "self.audio.set_volume",
                    .description = "Sets the volume",
                    .input_schema = R"({"type":"object","properties":{"volume":{"type":"integer"}}})"},
                   {.name = "self.screen.set_theme", .description = "", .input_schema = "{}"}};
  request.session = "session1";
  request.device = "device1";
  return request;
}

class RemoteLlmTest : public testing::Test {
 protected:
  template <class Settings>
  static Settings at(const std::string& url) {
    Settings settings;
    settings.service.base_url = url;
    settings.service.api_key = Secret(std::string(kKey));
    settings.service.deadlines = {.connect = Milliseconds(3000),
                                  .first_byte = Milliseconds(5000),
                                  .stall = Milliseconds(5000),
                                  .total = Milliseconds(20'000)};
    return settings;
  }
  std::unique_ptr<LlmProvider> make(const LlmSettings& settings) {
    auto made = make_llm(settings, context_);
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  LlmCallbacks into(Outcome& outcome) {
    return {.on_text =
                [&](const std::string& delta) {
                  outcome.text += delta;
                  ++outcome.deltas;
                },
            .on_emotion = nullptr,
            .on_tool_call = [&](ToolCall call) { outcome.calls.push_back(std::move(call)); },
            .on_done =
                [&](Status status) {
                  EXPECT_FALSE(outcome.done.has_value()) << "done twice";
                  outcome.done = std::move(status);
                },
            .on_usage = [&](LlmUsage usage) { outcome.usage = usage; }};
  }
  Outcome ask(LlmProvider& brain, LlmRequest request) {
    Outcome outcome;
    const auto stream = brain.chat(std::move(request), io_.get_executor(), into(outcome));
    EXPECT_FALSE(outcome.done.has_value()) << "called from inside chat()";
    run_until([&] { return outcome.done.has_value(); });
    return outcome;
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();
      io_.run_one_for(Milliseconds(50));
    }
    ASSERT_TRUE(condition());
  }
  static FakeFault status(int code, const std::string& body = "{}") {
    FakeFault fault;
    fault.status = code;
    fault.body = body;
    return fault;
  }

  asio::io_context io_{1};
  asio::thread_pool pool_{1};
  HttpClient http_{io_};
  SystemClock clock_;
  ProviderContext context_{io_, pool_, http_, clock_};
};

class OpenAiLlmTest : public RemoteLlmTest {
 protected:
  Outcome ask_variant(Variant variant) {
    fake_.set_variant(variant);
    return ask(*brain_, asking("hi"));
  }
  Outcome ask_fault(FakeFault fault) {
    fake_.server().set_fault(std::move(fault));
    return ask(*brain_, asking("hi"));
  }
  fakes::OpenAiLlmFake fake_{[](const std::string& body) {
    if (body.find("\"call\"") != std::string::npos) {
      return LlmReply{
          .tokens = {"One ", "moment."},
          .calls = {{"self_audio_set_volume", R"({"volume":50})"}, {"self_screen_set_theme", ""}}};
    }
    return LlmReply{.tokens = {"Hello", ", wor", "ld"}, .calls = {}};
  }};
  OpenAiSettings settings_ = [this] {
    auto made = at<OpenAiSettings>(fake_.base_url());
    made.model_name = "m";
    return made;
  }();
  std::unique_ptr<LlmProvider> brain_ = make(settings_);
};

TEST_F(OpenAiLlmTest, EveryKindOfServerIsUnderstood) {
  for (const Variant variant : {Variant::kPlain, Variant::kMergedUsage, Variant::kNoDone,
                                Variant::kOpenAfterFinish, Variant::kWholeAnswer, Variant::kReasoningField,
                                Variant::kThinkTags, Variant::kRefusesStreamOptions, Variant::kNamedEvents}) {
    const Outcome outcome = ask_variant(variant);
    EXPECT_TRUE(outcome.done->ok()) << static_cast<int>(variant);
    EXPECT_EQ(outcome.text, "Hello, world") << static_cast<int>(variant);
    if (variant == Variant::kOpenAfterFinish) continue;
    ASSERT_TRUE(outcome.usage.has_value()) << static_cast<int>(variant);
    EXPECT_EQ(outcome.usage->prompt_tokens, 12U);
    EXPECT_EQ(outcome.usage->completion_tokens, 34U);
  }
}

TEST_F(OpenAiLlmTest, SendsKeyModelAndDialogue) {
  ask_variant(Variant::kPlain);
  const auto request = fake_.server().requests().front();
  EXPECT_EQ(request.headers.at("authorization"), "Bearer " + std::string(kKey));
  EXPECT_THAT(request.body, HasSubstr(R"("model":"m")"));
  EXPECT_THAT(request.body, HasSubstr(R"({"role":"user","content":"hi"})"));
  EXPECT_THAT(request.body, HasSubstr("self_audio_set_volume"));
}

TEST_F(OpenAiLlmTest, CallsArriveUnderTheNamesOfTheDevice) {
  for (const Variant variant : {Variant::kPlain, Variant::kWholeCallsNoIndex, Variant::kTextCalls}) {
    fake_.set_variant(variant);
    const Outcome outcome = ask(*brain_, asking("call"));
    EXPECT_EQ(outcome.text, "One moment.");
    ASSERT_GE(outcome.calls.size(), 1U) << static_cast<int>(variant);
    EXPECT_EQ(outcome.calls[0].name, "self.audio.set_volume");
    EXPECT_EQ(outcome.calls[0].arguments, R"({"volume":50})");
    // The fake writes the empty arguments as they are: not JSON.
    if (variant == Variant::kTextCalls) continue;
    ASSERT_EQ(outcome.calls.size(), 2U) << static_cast<int>(variant);
    EXPECT_EQ(outcome.calls[1].name, "self.screen.set_theme");
    EXPECT_EQ(outcome.calls[1].arguments, "{}");
    EXPECT_NE(outcome.calls[0].id, outcome.calls[1].id);
  }
}

TEST_F(OpenAiLlmTest, OneByteAtATimeMakesNoDifference) {
  FakeFault fault;
  fault.one_byte_chunks = true;
  const Outcome outcome = ask_fault(fault);
  EXPECT_EQ(outcome.text, "Hello, world");
  EXPECT_TRUE(outcome.done->ok());
}

TEST_F(OpenAiLlmTest, AnAnswerThatBreaksIsAnErrorBehindWhatWasSaid) {
  FakeFault reset;
  reset.reset_after = 450;
  const Outcome broken = ask_fault(reset);
  EXPECT_THAT(broken.text, HasSubstr("Hello"));
  ASSERT_FALSE(broken.done->ok());
  fake_.server().set_fault({});
  const Outcome outcome = ask_variant(Variant::kErrorMidStream);
  EXPECT_THAT(outcome.text, HasSubstr("Hello, wor"));
  ASSERT_FALSE(outcome.done->ok());
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(outcome.done->error().message, HasSubstr("openai 127.0.0.1: "));
}

TEST_F(OpenAiLlmTest, ABodyThatEndsInOrderBehindWordsIsAnEnd) {
  const Outcome outcome = ask_variant(Variant::kBreaksOff);
  EXPECT_EQ(outcome.text, "Hello, world");
  EXPECT_TRUE(outcome.done->ok());
}

TEST_F(OpenAiLlmTest, AnOptionThatIsRefusedIsLeftOutFromThenOn) {
  ask_variant(Variant::kRefusesStreamOptions);
  EXPECT_EQ(fake_.server().requests().size(), 2U);
  EXPECT_TRUE(ask(*brain_, asking("hi")).done->ok());
  EXPECT_EQ(fake_.server().requests().size(), 3U);
}

TEST_F(OpenAiLlmTest, AModelWithoutToolsIsAskedWithoutThem) {
  fake_.set_variant(Variant::kRefusesStreamOptionsAndTools);
  EXPECT_EQ(ask(*brain_, asking("hi")).text, "Hello, world");
  EXPECT_EQ(fake_.server().requests().size(), 3U) << "one for each option";
  EXPECT_EQ(ask(*brain_, asking("hi")).text, "Hello, world");
  EXPECT_EQ(fake_.server().requests().size(), 4U);
}

TEST_F(OpenAiLlmTest, AWishThatIsRefusedTakesNothingFromOthers) {
  fake_.set_variant(Variant::kRefusesHeat);
  settings_.temperature = 0.25;
  const auto brain = make(settings_);
  LlmRequest hot = asking("hi");
  hot.wish.temperature = 1.5;
  EXPECT_EQ(ask(*brain, hot).text, "Hello, world");
  EXPECT_EQ(ask(*brain, asking("hi")).text, "Hello, world");
  const auto requests = fake_.server().requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0].body, HasSubstr(R"("temperature":1.5E0)"));
  EXPECT_THAT(requests[1].body, HasSubstr(R"("temperature":2.5E-1)")) << "again, as the operator wants it";
  EXPECT_THAT(requests[2].body, HasSubstr(R"("temperature":2.5E-1)"));
}

TEST_F(OpenAiLlmTest, ARefusalThatNamesNoOptionIsNotAskedAgain) {
  ask_fault(status(400, R"({"error":{"message":"no"}})"));
  EXPECT_EQ(fake_.server().requests().size(), 1U);
}

// So far apart that no two pieces are read at once.
constexpr fakes::LlmDelays kApart{.first_token = fakes::Delay(0), .token = fakes::Delay(150)};

TEST_F(OpenAiLlmTest, ThoughtsAreSignsOfLife) {
  fake_.set_delays(kApart);
  for (const Variant variant : {Variant::kReasoningField, Variant::kThinkTags}) {
    fake_.set_variant(variant);
    Outcome outcome;
    LlmCallbacks callbacks = into(outcome);
    int alive = 0;
    callbacks.on_alive = [&] {
      if (outcome.text.empty()) ++alive;
    };
    const auto stream = brain_->chat(asking("hi"), io_.get_executor(), std::move(callbacks));
    run_until([&] { return outcome.done.has_value(); });
    EXPECT_GE(alive, 1);
    EXPECT_EQ(outcome.text, "Hello, world");
  }
}

TEST_F(OpenAiLlmTest, AThoughtWithoutItsBeginningIsHeardOnce) {
  fake_.set_delays(kApart);
  fake_.set_variant(Variant::kOrphanThinkEnd);
  EXPECT_THAT(ask(*brain_, asking("hi")).text, HasSubstr("Hello, world"));
  EXPECT_EQ(ask(*brain_, asking("hi")).text, "Hello, world");
  // And a service that stops to think aloud is as fast as before after two replies.
  fake_.set_variant(Variant::kPlain);
  EXPECT_EQ(ask(*brain_, asking("hi")).deltas, 1);
  EXPECT_EQ(ask(*brain_, asking("hi")).deltas, 1);
  EXPECT_GT(ask(*brain_, asking("hi")).deltas, 1);
}

TEST_F(OpenAiLlmTest, RefusalsSayWhatToDoAndNeverTheKey) {
  const std::tuple<int, ErrorCode, std::string> kRefusals[] = {
      {400, ErrorCode::kInvalid, "400"},       {401, ErrorCode::kUnavailable, "check the key"},
      {404, ErrorCode::kUnavailable, "model"}, {429, ErrorCode::kUnavailable, "quota"},
      {500, ErrorCode::kUnavailable, "500"},   {504, ErrorCode::kTimeout, "504"},
  };
  for (const auto& [code, expected, what] : kRefusals) {
    const Outcome outcome =
        ask_fault(status(code, R"({"error":{"message":"key sk-secret-key is wrong","code":"some_code"}})"));
    ASSERT_FALSE(outcome.done->ok()) << code;
    EXPECT_EQ(outcome.done->error().code, expected) << code;
    EXPECT_THAT(outcome.done->error().message, HasSubstr(what));
    EXPECT_THAT(outcome.done->error().message, HasSubstr("some_code"));
    EXPECT_THAT(outcome.done->error().message, Not(HasSubstr(std::string(kKey))));
  }
  EXPECT_THAT(ask_fault(status(200, "<html>login</html>")).done->error().message, HasSubstr("web page"));
}

TEST_F(OpenAiLlmTest, ABusyServiceIsAskedOnceMore) {
  ask_fault(status(503));
  EXPECT_EQ(fake_.server().requests().size(), 2U);
  ask_fault(status(429));  // with "Retry-After: 2": too long for a person
  EXPECT_EQ(fake_.server().requests().size(), 3U);
}

TEST_F(OpenAiLlmTest, DeadlinesHold) {
  settings_.service.deadlines.first_byte = Milliseconds(100);
  settings_.service.deadlines.stall = Milliseconds(100);
  brain_ = make(settings_);
  FakeFault slow;
  slow.first_byte_delay = fakes::Delay(3000);
  EXPECT_EQ(ask_fault(slow).done->error().code, ErrorCode::kTimeout);
  FakeFault stall;
  stall.stall_after = 500;
  EXPECT_EQ(ask_fault(stall).done->error().code, ErrorCode::kTimeout);
  FakeFault reset;
  reset.reset_after = 500;
  EXPECT_EQ(ask_fault(reset).done->error().code, ErrorCode::kUnavailable);
  FakeFault garbage;
  garbage.garbage = true;
  EXPECT_FALSE(ask_fault(garbage).done->ok());
}

TEST_F(OpenAiLlmTest, NothingIsHeardAfterCancel) {
  fake_.set_variant(Variant::kOpenAfterFinish);
  Outcome outcome;
  std::unique_ptr<LlmStream> stream;
  LlmCallbacks callbacks = into(outcome);
  callbacks.on_text = [&](const std::string& delta) {
    outcome.text += delta;
    stream.reset();  // from inside its own callback
  };
  stream = brain_->chat(asking("hi"), io_.get_executor(), std::move(callbacks));
  run_until([&] { return !outcome.text.empty(); });
  const std::string heard = outcome.text;
  // Longer than the wait for figures.
  const auto until = std::chrono::steady_clock::now() + Milliseconds(500);
  while (std::chrono::steady_clock::now() < until) {
    if (io_.stopped()) io_.restart();
    io_.run_one_for(Milliseconds(50));
  }
  EXPECT_EQ(outcome.text, heard);
  EXPECT_FALSE(outcome.done.has_value());
}

TEST_F(RemoteLlmTest, OllamaSpeaksAndCalls) {
  fakes::OllamaLlmFake fake([](const std::string&) {
    return LlmReply{.tokens = {"Hel", "lo"}, .calls = {{"self_audio_set_volume", R"({"volume":50})"}}};
  });
  auto settings = at<OllamaSettings>(fake.base_url());
  settings.model_name = "qwen3";
  const auto brain = make(settings);
  const Outcome outcome = ask(*brain, asking("hi"));
  ASSERT_TRUE(outcome.done->ok());
  EXPECT_EQ(outcome.text, "Hello");
  ASSERT_EQ(outcome.calls.size(), 1U);
  EXPECT_EQ(outcome.calls[0].name, "self.audio.set_volume");
  EXPECT_EQ(outcome.usage->completion_tokens, 34U);

  fake.server().set_fault(status(404, R"({"error":"model 'x' not found"})"));
  EXPECT_THAT(ask(*brain, asking("hi")).done->error().message, HasSubstr("404"));
  FakeFault cut;
  cut.truncate_after = 200;
  fake.server().set_fault(cut);
  EXPECT_FALSE(ask(*brain, asking("hi")).done->ok());
}

TEST_F(RemoteLlmTest, DifyKeepsTheConversationOfASession) {
  fakes::DifyLlmFake fake([](const std::string&) { return LlmReply{.tokens = {"Hel", "lo"}, .calls = {}}; });
  const auto brain = make(at<DifySettings>(fake.base_url()));
  EXPECT_TRUE(brain->remembers());
  const Outcome first = ask(*brain, asking("hi"));
  ASSERT_TRUE(first.done->ok());
  EXPECT_EQ(first.text, "Hello");
  EXPECT_EQ(first.usage->prompt_tokens, 12U);
  EXPECT_TRUE(ask(*brain, asking("and now?")).done->ok());
  EXPECT_THAT(fake.server().requests().back().body, HasSubstr(R"("conversation_id":"conv1")"));
  EXPECT_THAT(fake.server().requests().back().body, HasSubstr(R"("query":"and now?")"));
  EXPECT_THAT(fake.server().requests().back().body, HasSubstr(R"("user":"device1")"));

  fake.forget_conversations();
  EXPECT_EQ(ask(*brain, asking("again")).text, "Hello");
  fake.fail_mid_stream(true);
  EXPECT_THAT(ask(*brain, asking("hi")).done->error().message, HasSubstr("completion_request_error"));
}

TEST_F(RemoteLlmTest, DifyWorkflowsAnswerAtTheirEnd) {
  fakes::DifyLlmFake fake([](const std::string&) { return LlmReply{.tokens = {"Hel", "lo"}, .calls = {}}; });
  auto settings = at<DifySettings>(fake.base_url());
  settings.mode = DifySettings::Mode::kWorkflow;
  const auto brain = make(settings);
  EXPECT_FALSE(brain->remembers());
  EXPECT_EQ(ask(*brain, asking("hi")).text, "Hello");
  fake.fail_mid_stream(true);
  EXPECT_THAT(ask(*brain, asking("hi")).done->error().message, HasSubstr("workflow failed"));
}

TEST_F(RemoteLlmTest, CozeCreatesOneConversationASession) {
  fakes::CozeLlmFake fake([](const std::string&) { return LlmReply{.tokens = {"Hel", "lo"}, .calls = {}}; });
  auto settings = at<CozeSettings>(fake.base_url());
  settings.bot_id = "b";
  const auto brain = make(settings);
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = ask(*brain, asking("hi"));
    ASSERT_TRUE(outcome.done->ok());
    EXPECT_EQ(outcome.text, "Hello");
    EXPECT_EQ(outcome.usage->prompt_tokens, 12U);
  }
  std::vector<std::string> paths;
  for (const auto& request : fake.server().requests()) paths.push_back(request.path + "?" + request.query);
  EXPECT_THAT(paths, ElementsAre("/v1/conversation/create?", "/v3/chat?conversation_id=conv7",
                                 "/v3/chat?conversation_id=conv7"));
  fake.refuse_key(true);
  EXPECT_THAT(ask(*brain, asking("hi")).done->error().message, HasSubstr("4100: check the key"));
}

TEST_F(RemoteLlmTest, CozeGetsTheAnswersOfTheDevice) {
  fakes::CozeLlmFake fake([](const std::string& body) {
    if (body.find("tool_outputs") != std::string::npos) return LlmReply{.tokens = {"Done"}, .calls = {}};
    return LlmReply{.tokens = {}, .calls = {{"self_audio_set_volume", R"({"volume":50})"}}};
  });
  auto settings = at<CozeSettings>(fake.base_url());
  settings.bot_id = "b";
  const auto brain = make(settings);
  LlmRequest request = asking("louder");
  const Outcome asked = ask(*brain, request);
  ASSERT_EQ(asked.calls.size(), 1U);
  request.dialogue.push_back({.role = Message::Role::kAssistant,
                              .text = "",
                              .tool_calls = asked.calls,
                              .tool_call_id = "",
                              .is_error = false});
  request.dialogue.push_back({.role = Message::Role::kTool,
                              .text = "ok",
                              .tool_calls = {},
                              .tool_call_id = asked.calls[0].id,
                              .is_error = false});
  EXPECT_EQ(ask(*brain, request).text, "Done");
  const auto sent = fake.server().requests().back();
  EXPECT_EQ(sent.path + "?" + sent.query, "/v3/chat/submit_tool_outputs?conversation_id=conv7&chat_id=chat7");
  EXPECT_THAT(sent.body, HasSubstr(R"({"tool_call_id":"tool_self_audio_set_volume","output":"ok"})"));
}

TEST_F(RemoteLlmTest, ThereMustBeSomethingToAnswer) {
  const auto brain = make(at<DifySettings>("http://127.0.0.1:1"));
  EXPECT_THAT(ask(*brain, LlmRequest{}).done->error().message, HasSubstr("dify 127.0.0.1: there is nothing"));
}

TEST_F(RemoteLlmTest, FastGptGetsTheWordsButNotThePrompt) {
  fakes::FastGptLlmFake fake([](const std::string&) {
    return LlmReply{.tokens = {"Hel", "lo"}, .calls = {}};
  });
  fake.set_variant(Variant::kNamedEvents);
  const auto brain = make(at<FastGptSettings>(fake.base_url()));
  EXPECT_EQ(ask(*brain, asking("hi")).text, "Hello");
  const std::string body = fake.server().requests().back().body;
  EXPECT_THAT(body, HasSubstr(R"("messages":[{"role":"user","content":"hi"}])"));
  EXPECT_THAT(body, Not(HasSubstr("chatId")));
  EXPECT_FALSE(brain->remembers());

  auto remembering = at<FastGptSettings>(fake.base_url());
  remembering.use_chat_id = true;
  const auto keeper = make(remembering);
  EXPECT_TRUE(keeper->remembers());
  EXPECT_EQ(ask(*keeper, asking("and now?")).text, "Hello");
  const std::string kept = fake.server().requests().back().body;
  EXPECT_THAT(kept, HasSubstr(R"("chatId":"session1")"));
  EXPECT_THAT(kept, HasSubstr(R"("messages":[{"role":"user","content":"and now?"}])"));
  fake.refuse_key();
  EXPECT_THAT(ask(*brain, asking("hi")).done->error().message, HasSubstr("514"));
}

}  // namespace
}  // namespace earshot::worker
