#include "worker/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/config/config_reader.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::Not;

class WorkerConfigTest : public testing::Test {
 protected:
  WorkerConfigTest() : file_(std::filesystem::temp_directory_path() / pattern()) {
    ::setenv("EARSHOT_TEST_KEY", "sesame", 1);
  }
  ~WorkerConfigTest() override { std::filesystem::remove(file_); }

  WorkerConfig load(const std::string& yaml) {
    std::ofstream(file_) << yaml;
    return load_config({.config_file = file_.string(), .overrides = {}, .gateways = {}, .id = {}});
  }
  std::string problems(const std::string& yaml) {
    try {
      load(yaml);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return {};
  }

 private:
  static std::string pattern() {
    return std::string("earshot-worker-config-") +
           testing::UnitTest::GetInstance()->current_test_info()->name() + ".yaml";
  }
  std::filesystem::path file_;
};

constexpr const char* kTwoBrains = R"(llm:
  selected: one
  fallback: [two]
  providers:
    one: { type: openai, base_url: "http://127.0.0.1:1/v1", model_name: m, api_key_env: EARSHOT_TEST_KEY }
    two: { type: ollama, model_name: n }
    idle: { type: intents }
)";

TEST_F(WorkerConfigTest, UsesTheEmbeddedEnginesByDefault) {
  const WorkerConfig config = load("");
  EXPECT_TRUE(config.asr.order.empty());
  EXPECT_TRUE(config.llm.order.empty());
  EXPECT_TRUE(config.tts.order.empty());
}

TEST_F(WorkerConfigTest, OrdersTheSelectedProviderAndItsFallbacks) {
  const WorkerConfig config = load(kTwoBrains);
  ASSERT_EQ(config.llm.order.size(), 2U);
  EXPECT_EQ(config.llm.order[0], "one");
  EXPECT_TRUE(std::holds_alternative<OpenAiSettings>(config.llm.known.at("one")));
  EXPECT_EQ(config.llm.order[1], "two");
}

TEST_F(WorkerConfigTest, ShowsEveryProviderWithItsSecretsMasked) {
  const std::string shown = load(kTwoBrains).effective;
  EXPECT_THAT(shown, HasSubstr("llm.selected: \"one\""));
  EXPECT_THAT(shown, HasSubstr("llm.providers.one.api_key: ***"));
  EXPECT_THAT(shown, HasSubstr("llm.providers.idle.type: intents"));
  EXPECT_THAT(shown, Not(HasSubstr("sesame")));
}

TEST_F(WorkerConfigTest, RefusesChoicesThatCannotBe) {
  const std::string known = "\n  providers: { a: { type: intents }, b: { type: intents } }\n";
  const struct {
    std::string yaml;
    std::string problem;
  } cases[] = {
      {"llm:\n  selected: nobody" + known, ":2: 'llm.selected' names 'nobody'"},
      {"llm:\n  selected: a\n  fallback: [c]" + known, ":3: 'llm.fallback' names 'c'"},
      {"llm:\n  selected: a\n  fallback: [a]" + known, ":3: 'llm.fallback' names 'a' twice"},
      {"llm:\n  selected: a\n  fallback: [local, b]" + known, "behind 'local'"},
      {"llm:\n  fallback: [b]" + known, "behind 'local'"},
      {"llm:\n  providers: { local: { type: intents } }\n", "choose another one"},
      {"llm:\n  selected: a\n  provider_timeout_ms: 15000" + known, ":3: 'llm.provider_timeout_ms' leaves"},
      {"tts:\n  providers: { x: { type: gramophone } }\n", "gramophone"},
      {"metrics:\n  listen: 9101\n", ":2: 'metrics.listen' must be ADDRESS:PORT"},
      {"metrics:\n  listen: 127.0.0.1:99999\n", "'metrics.listen' must be ADDRESS:PORT"},
      {"asr:\n  providers: { x: { type: openai, api_key: sesame } }\n", "never written here"},
      {"vad:\n  selected: nobody\n", ":2: 'vad.selected' names 'nobody'"},
      {"vad:\n  providers: { x: { type: sherpa_onnx } }\n", "family silero"},
      {"asr:\n  providers: { x: { type: sherpa_onnx, model: /m, tokens: /t, joiner: /j } }\n", "joiner"},
      {"tts:\n  providers: { x: { type: sherpa_onnx, family: kokoro, model: /m } }\n", "voices"},
  };
  for (const auto& one : cases) EXPECT_THAT(problems(one.yaml), HasSubstr(one.problem)) << one.yaml;
}

TEST_F(WorkerConfigTest, AcceptsTheEmbeddedEngineAtTheEndOfTheFallbacks) {
  const WorkerConfig config =
      load("llm:\n  selected: a\n  fallback: [local]\n  providers: { a: { type: intents } }\n");
  EXPECT_EQ(config.llm.order.size(), 1U);
}

TEST_F(WorkerConfigTest, ChoosesADetectorByName) {
  const std::string providers = "  providers: { silero: { type: sherpa_onnx, model: /m } }\n";
  EXPECT_TRUE(load("vad:\n  selected: silero\n" + providers).vad.chosen.has_value());
  EXPECT_FALSE(load("vad:\n" + providers).vad.chosen.has_value());
}

TEST_F(WorkerConfigTest, ReadsTheTimeoutsOfSingleTools) {
  const WorkerConfig config = load("tools:\n  timeouts: { self.camera.take_photo: 30000 }\n");
  EXPECT_EQ(config.conversation.tools.timeouts.at("self.camera.take_photo"), Milliseconds(30'000));
  EXPECT_THAT(problems("tools:\n  timeouts: { self.a: soon }\n"),
              HasSubstr(":2: 'tools.timeouts.self.a' must be"));
}

// The sample says that it shows the defaults: so it must change nothing.
TEST_F(WorkerConfigTest, HasASampleThatShowsTheDefaults) {
  const WorkerArguments sample{.config_file = std::string(EARSHOT_SOURCE_DIR) + "/deploy/config/worker.yaml",
                               .overrides = {},
                               .gateways = {},
                               .id = {}};
  EXPECT_EQ(load_config(sample).effective, load("").effective);
}

}  // namespace
}  // namespace earshot::worker
