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
  const Case cases[] = {{"what is love", "en-US", "I heard you"}, {"天气怎么样", "en-US", "我听清了"},
                        {"what is love", "zh-CN", "I heard you"}, {"今日の天気は", "en", "言語モデル"},
                        {"오늘 날씨 어때", "en", "언어 모델"},     {"wie ist das Wetter", "de-DE", "Sprachmodell"},
                        {"quel temps", "fr", "modèle de langage"}, {"qué tiempo", "es-MX", "modelo de lenguaje"},
                        {"hur mår du", "sv", "I heard you"},      {"", "", "I heard you"},
                        {"\xe4\xb8", "en", "I heard you"}};
  for (const Case& one : cases) {
    const std::string answer = honest_answer({.text = one.text, .language = one.language, .model = {}});
    EXPECT_THAT(answer, AllOf(HasSubstr(one.part), HasSubstr("earshotctl providers find"), Not(HasSubstr("{}")))) << one.text;
    EXPECT_TRUE(is_honest_answer(answer));
    const std::string found = honest_answer({.text = one.text, .language = one.language, .model = "Ollama (qwen3:8b)"});
    EXPECT_THAT(found, AllOf(HasSubstr("Ollama (qwen3:8b)"), HasSubstr("earshotctl providers find"), Not(HasSubstr("{}"))));
  }
}

TEST(HonestAnswer, ExplainsOnceAndVariesThen) {
  std::set<std::string> answers;
  for (std::size_t before = 0; before < 4; ++before) {
    const std::string answer = honest_answer({.text = "what is love", .language = "en", .answered_before = before, .model = {}});
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
    request.dialogue.push_back({.role = Message::Role::kUser, .text = "why is the sky blue", .tool_calls = {}, .tool_call_id = {}});
    const BrainStep step = brain.think(request);
    EXPECT_TRUE(answers.insert(step.text).second) << step.text;
    request.dialogue.push_back({.role = Message::Role::kAssistant, .text = step.text, .tool_calls = {}, .tool_call_id = {}});
  }
}

TEST(ModelSearch, NamesTheFirstModelThatTalks) {
  EXPECT_EQ(found_model(kTags), "Ollama (qwen3:8b)");
  for (const char* none : {"", "null", "[]", "{}", R"({"models":7})", R"({"models":[7,{},{"name":""},{"name":5}]})",
                           R"({"models":[{"name":"mxbai-embed-large"}]})"})
    EXPECT_EQ(found_model(none), "") << none;
  EXPECT_LT(found_model(R"({"models":[{"name":")" + std::string(5000, 'm') + "\"}]}").size(), 80U);
}

}  // namespace
}  // namespace earshot::worker
