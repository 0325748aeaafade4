#include "worker/providers/llm/llm_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace earshot::worker {
namespace {

using testing::HasSubstr;

std::pair<LlmSettings, std::string> read(const std::string& yaml) {
  ConfigReader reader = ConfigReader::parse(yaml, "test");
  ConfigSection section = reader.root().section("llm");
  LlmSettings settings = read_llm(section);
  try {
    reader.finish();
  } catch (const ConfigError& problems) {
    return {std::move(settings), problems.what()};
  }
  return {std::move(settings), ""};
}

TEST(LlmFactory, ReadsAnOpenAiCompatibleService) {
  ASSERT_EQ(setenv("LLM_FACTORY_TEST_KEY", "sk-1", 1), 0);
  const auto [settings, problems] = read(
      "llm:\n  type: openai\n  base_url: https://api.deepseek.com/chat/completions/\n  model_name: "
      "deepseek-chat\n"
      "  api_key_env: LLM_FACTORY_TEST_KEY\n  temperature: 0.7\n  max_tokens: 500\n"
      "  extra_body: '{\"top_k\": 20}'\n  first_byte_timeout_ms: 4000\n");
  EXPECT_EQ(problems, "");
  const auto& openai = std::get<OpenAiSettings>(settings);
  EXPECT_EQ(openai.service.base_url, "https://api.deepseek.com");
  EXPECT_EQ(openai.service.api_key.reveal(), "sk-1");
  EXPECT_EQ(openai.service.deadlines.first_byte, Milliseconds(4000));
  EXPECT_EQ(openai.temperature, 0.7);
  EXPECT_EQ(openai.top_p, std::nullopt);
  EXPECT_EQ(json::find_int(openai.extra_body, "top_k"), 20);
}

TEST(LlmFactory, TheEmbeddedBrainIsTheDefault) {
  const auto [settings, problems] = read("llm:\n  type: intents\n");
  EXPECT_EQ(problems, "");
  EXPECT_TRUE(std::holds_alternative<IntentsSettings>(settings));
  EXPECT_TRUE(std::holds_alternative<IntentsSettings>(read("").first));
}

TEST(LlmFactory, NamesWhatIsWrong) {
  const std::pair<std::string, std::string> kProblems[] = {
      {"llm:\n  type: chatgpt\n", "one of: intents, openai, ollama, dify, coze, fastgpt"},
      {"llm:\n  type: openai\n", "model_name"},
      {"llm:\n  type: openai\n  model_name: m\n  base_url: api.openai.com\n", "http:// or https://"},
      {"llm:\n  type: openai\n  model_name: m\n  base_url: https:///v1\n", "names no host"},
      {"llm:\n  type: openai\n  model_name: m\n  extra_body: 'x'\n", "JSON object in quotes"},
      {"llm:\n  type: openai\n  model_name: m\n  api_key: sk-1\n", "never written here"},
      {"llm:\n  type: dify\n  mode: talk\n", "chat, completion, workflow"},
      {"llm:\n  type: coze\n", "bot_id"},
      {"llm:\n  type: ollama\n  model_name: m\n  temprature: 1\n", "unknown key"},
  };
  for (const auto& [yaml, expected] : kProblems) EXPECT_THAT(read(yaml).second, HasSubstr(expected)) << yaml;
}

TEST(ServiceSettings, AHostIsFoundInAnyUrl) {
  EXPECT_EQ(host_of("https://user:key@API.example.com:8443/v1?x"), "api.example.com");
  EXPECT_EQ(host_of("http://[::1]:80/"), "[::1]");
  EXPECT_EQ(host_of("nonsense"), "nonsense");
  EXPECT_EQ(host_of(""), "");
}

}  // namespace
}  // namespace earshot::worker
