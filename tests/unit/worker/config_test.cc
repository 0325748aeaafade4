#include "worker/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

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
      {"llm:\n  selected: a\n  provider_timeout_ms: 15000\n  timeout_ms: 15000" + known,
       ":3: 'llm.provider_timeout_ms' leaves"},
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

TEST_F(WorkerConfigTest, KnowsTheFolderOfLocalModelsWhenThereIsOne) {
  EXPECT_EQ(load("").models_dir, "");
  EXPECT_EQ(load("models_dir: /var/lib/earshot/models\n").models_dir, "/var/lib/earshot/models");
}

TEST_F(WorkerConfigTest, ReadsTheTimeoutsOfSingleTools) {
  const WorkerConfig config = load("tools:\n  timeouts: { self.camera.take_photo: 30000 }\n");
  EXPECT_EQ(config.conversation.tools.timeouts.at("self.camera.take_photo"), Milliseconds(30'000));
  EXPECT_THAT(problems("tools:\n  timeouts: { self.a: soon }\n"),
              HasSubstr(":2: 'tools.timeouts.self.a' must be"));
}

TEST_F(WorkerConfigTest, ShowsWhatTheCommandLineReplaced) {
  const WorkerConfig config = load_config({.config_file = {},
                                           .overrides = {{"id", "one"}, {"threads", "3"}},
                                           .gateways = {"tcp:127.0.0.1:9", "unix:/tmp/g.sock"},
                                           .id = "two"});
  EXPECT_EQ(config.id, "two");
  ASSERT_EQ(config.gateways.size(), 2U);
  EXPECT_EQ(config.gateways[0].text(), "tcp:127.0.0.1:9");
  EXPECT_THAT(config.effective, HasSubstr("id: \"two\"\n"));
  EXPECT_THAT(config.effective, HasSubstr("gateways: [tcp:127.0.0.1:9, unix:/tmp/g.sock]\n"));
  EXPECT_THAT(config.effective, HasSubstr("threads: 3\n"));
  EXPECT_THAT(config.effective, HasSubstr("asr.decoders: 6\n")) << "computed from the threads";
}

TEST_F(WorkerConfigTest, NamesTheCommandLineWhereItIsWrong) {
  const auto told = [](const WorkerArguments& arguments) -> std::string {
    try {
      load_config(arguments);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_THAT(told({.config_file = {}, .overrides = {}, .gateways = {"x"}, .id = {}}),
              HasSubstr("command line: 'gateways' 'x'"));
  EXPECT_THAT(told({.config_file = {}, .overrides = {}, .gateways = {}, .id = "a b"}),
              HasSubstr("command line: 'id' must be"));
}

TEST_F(WorkerConfigTest, ShowsAnAddressAsItIsUsedAndTheProvidersThatAnAgentInherits) {
  const std::string shown =
      load(
          "llm:\n  selected: one\n  providers:\n"
          "    one: { type: openai, base_url: \"http://127.0.0.1:1/v1//\", model_name: m }\n"
          "agents:\n  butler: { prompt: Serve. }\n")
          .effective;
  EXPECT_THAT(shown, HasSubstr("llm.providers.one.base_url: \"http://127.0.0.1:1/v1\"\n"));
  EXPECT_THAT(shown, HasSubstr("agents.butler.llm: [one]\n"));
}

TEST_F(WorkerConfigTest, AFolderOfAJoinedWorkerThatCannotBeReadIsNoLocalWorker) {
  const auto state = std::filesystem::temp_directory_path() / ("earshot-state-" + std::to_string(::getpid()));
  std::filesystem::create_directory(state);
  const std::string yaml = "state_dir: \"" + state.string() + "\"\n";
  EXPECT_EQ(problems(yaml), "") << "it never joined";
  std::ofstream(state / "worker.pem") << "broken";
  std::ofstream(state / "worker.key") << "broken";
  std::filesystem::permissions(state / "worker.key", std::filesystem::perms(0644));
  EXPECT_THAT(problems(yaml), HasSubstr("chmod 600"));
  std::filesystem::permissions(state / "worker.key", std::filesystem::perms(0600));
  std::ofstream(state / "ca.pem") << "broken";
  EXPECT_THAT(problems(yaml), HasSubstr("worker.pem"));
  EXPECT_EQ(problems(yaml + "gateways: [\"unix:/run/x.sock\"]\n"), "") << "it is to be a local one";
  std::filesystem::remove_all(state);
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
