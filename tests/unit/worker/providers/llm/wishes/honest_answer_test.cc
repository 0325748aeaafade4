// What is answered to speech that was heard and is no wish.
#include "worker/providers/llm/wishes/honest_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/base/clock.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/manual_clock.h"
#include "worker/providers/llm/intent_brain.h"

namespace earshot::worker {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTags =
    R"({"models":[{"name":"nomic-embed-text:latest"},{"name":"qwen3:8b","size":5},{"name":"llama3"}]})";

TEST(HonestAnswer, IsInTheLanguageOfTheSentenceOrTheDevice) {
  struct Case {
    const char* text;
    const char* language;
    const char* part;
  };
  const Case cases[] = {
      {"what is love", "en-US", "I heard you"},  {"天气怎么样", "en-US", "我听清了"},
      {"what is love", "zh-CN", "I heard you"},  {"今日の天気は", "en", "言語モデル"},
      {"오늘 날씨 어때", "en", "언어 모델"},     {"wie ist das Wetter", "de-DE", "Sprachmodell"},
      {"quel temps", "fr", "modèle de langage"}, {"qué tiempo", "es-MX", "modelo de lenguaje"},
      {"hur mår du", "sv", "I heard you"},       {"", "", "I heard you"},
      {"\xe4\xb8", "en", "I heard you"}};
  for (const Case& one : cases) {
    const std::string answer = honest_answer({.text = one.text, .language = one.language, .model = {}});
    EXPECT_THAT(answer,
                AllOf(HasSubstr(one.part), HasSubstr("earshotctl providers find"), Not(HasSubstr("{}"))))
        << one.text;
    EXPECT_TRUE(is_honest_answer(answer));
    const std::string found =
        honest_answer({.text = one.text, .language = one.language, .model = "Ollama (qwen3:8b)"});
    EXPECT_THAT(found, AllOf(HasSubstr("Ollama (qwen3:8b)"), HasSubstr("earshotctl providers find"),
                             Not(HasSubstr("{}"))));
  }
}

TEST(HonestAnswer, ExplainsOnceAndVariesThen) {
  std::set<std::string> answers;
  for (std::size_t before = 0; before < 4; ++before) {
    const std::string answer =
        honest_answer({.text = "what is love", .language = "en", .answered_before = before, .model = {}});
    EXPECT_TRUE(answers.insert(answer).second);
    EXPECT_TRUE(is_honest_answer(answer));
    EXPECT_THAT(answer, Not(HasSubstr("not understand")));
  }
  EXPECT_FALSE(is_honest_answer("That is 84."));
}

TEST(HonestAnswer, CountsThoseOfTheDialogue) {
  const IntentBrain brain;
  LlmRequest request{.dialogue = {}, .tools = {}, .language = "en"};
  std::set<std::string> answers;
  for (int turn = 0; turn < 3; ++turn) {
    request.dialogue.push_back(
        {.role = Message::Role::kUser, .text = "why is the sky blue", .tool_calls = {}, .tool_call_id = {}});
    const BrainStep step = brain.think(request);
    EXPECT_TRUE(answers.insert(step.text).second) << step.text;
    request.dialogue.push_back(
        {.role = Message::Role::kAssistant, .text = step.text, .tool_calls = {}, .tool_call_id = {}});
  }
}

TEST(ModelSearch, NamesTheFirstModelThatTalks) {
  EXPECT_EQ(found_model(kTags), "Ollama (qwen3:8b)");
  for (const char* none :
       {"", "null", "[]", "{}", R"({"models":7})", R"({"models":[7,{},{"name":""},{"name":5}]})",
        R"({"models":[{"name":"mxbai-embed-large"}]})"})
    EXPECT_EQ(found_model(none), "") << none;
  EXPECT_LT(found_model(R"({"models":[{"name":")" + std::string(5000, 'm') + "\"}]}").size(), 80U);
}

// The brain beside an Ollama, a server that is none, and one that says nothing.
class ModelSearchTest : public testing::Test {
 protected:
  std::string ask(IntentBrain& brain, const std::string& said) {
    std::string text;
    bool done = false;
    LlmCallbacks callbacks;
    callbacks.on_text = [&](const std::string& delta) { text += delta; };
    callbacks.on_tool_call = [](const ToolCall&) {};
    callbacks.on_done = [&](const Status&) { done = true; };
    LlmRequest request{
        .dialogue = {{.role = Message::Role::kUser, .text = said, .tool_calls = {}, .tool_call_id = {}}},
        .tools = {},
        .language = "en"};
    const auto stream = brain.chat(std::move(request), io.get_executor(), callbacks);
    io.restart();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done && std::chrono::steady_clock::now() < end) io.run_one_for(Milliseconds(100));
    EXPECT_TRUE(done) << said;
    return text;
  }
  std::unique_ptr<IntentBrain> brain_beside(const std::string& url) {
    return std::make_unique<IntentBrain>(std::make_unique<ModelSearch>(url, http, clock));
  }

  asio::io_context io;
  HttpClient http{io};
  fakes::ManualClock clock;
  fakes::FakeHttpServer server;
};

TEST_F(ModelSearchTest, AnOllamaThatRunsIsOfferedByNameAndAskedOnceAMinute) {
  server.on("GET", "/api/tags", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "application/json");
    answer.send(kTags);
  });
  const auto brain = brain_beside(server.url());
  EXPECT_EQ(ask(*brain, "what is twelve times seven"), "That is 84.");
  EXPECT_EQ(server.requests().size(), 0U) << "nobody asked for a model";
  EXPECT_THAT(ask(*brain, "why is the sky blue"), HasSubstr("Ollama (qwen3:8b)"));
  EXPECT_THAT(ask(*brain, "why is the sky blue"), HasSubstr("Ollama (qwen3:8b)"));
  EXPECT_EQ(server.requests().size(), 1U);
  clock.advance(ModelSearch::kFresh);
  ask(*brain, "why is the sky blue");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(ModelSearchTest, WithoutOneTheAnswerIsTheSameAndSoon) {
  std::vector<fakes::FakeFault> faults(3);
  faults[0].status = 500;
  faults[1].status = 200;
  faults[1].body = "<html>";
  faults[2].first_byte_delay = fakes::Delay(30'000);
  for (const fakes::FakeFault& fault : faults) {
    server.set_fault(fault);
    const auto brain = brain_beside(server.url());
    EXPECT_THAT(ask(*brain, "why is the sky blue"),
                AllOf(HasSubstr("I heard you"), Not(HasSubstr("Ollama"))));
  }
  const auto nowhere = brain_beside("no url");
  EXPECT_THAT(ask(*nowhere, "why is the sky blue"), HasSubstr("I heard you"));
}

TEST_F(ModelSearchTest, WhoHasGoneHearsNothingOfIt) {
  fakes::FakeFault slow;
  slow.first_byte_delay = fakes::Delay(200);
  server.set_fault(slow);
  int events = 0;
  {
    const auto brain = brain_beside(server.url());
    LlmCallbacks callbacks;
    callbacks.on_text = [&](const std::string&) { ++events; };
    callbacks.on_tool_call = [](const ToolCall&) {};
    callbacks.on_done = [&](const Status&) { ++events; };
    const auto ask_and_leave = [&] {
      return brain->chat(
          {.dialogue = {{.role = Message::Role::kUser, .text = "why", .tool_calls = {}, .tool_call_id = {}}},
           .tools = {},
           .language = "en"},
          io.get_executor(), callbacks);
    };
    ask_and_leave().reset();
    io.run_for(Milliseconds(400));
    EXPECT_EQ(events, 0);
    static_cast<void>(ask_and_leave());  // and the brain goes, too
  }
  io.restart();
  io.run_for(Milliseconds(300));
  EXPECT_EQ(events, 0);
}

}  // namespace
}  // namespace earshot::worker
