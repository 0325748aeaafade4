#include "worker/agents/agent_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "worker/agents/agent_engines.h"
#include "worker/config.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* kStages = R"(
llm:
  selected: one
  providers: { one: { type: ollama, model_name: m }, two: { type: ollama, model_name: n } }
tts:
  providers: { ai: { type: openai, model: m, voice: alloy, url: "http://127.0.0.1:1/" }, sovits: { type: gpt_sovits, url: "http://127.0.0.1:1/", ref_audio_path: a } }
)";

WorkerConfig load(const std::string& agents) {
  const auto file = std::filesystem::temp_directory_path() /
                    (std::string("earshot-agents-") +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + ".yaml");
  std::ofstream(file) << agents << kStages;
  WorkerConfig config =
      load_config({.config_file = file.string(), .overrides = {}, .gateways = {}, .id = {}});
  std::filesystem::remove(file);
  return config;
}

std::string problems(const std::string& agents) {
  try {
    load(agents);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(AgentConfig, ThereIsAnAgentWithoutConfiguration) {
  const WorkerConfig config = load("");
  EXPECT_EQ(config.agent, "default");
  EXPECT_EQ(config.agents.at("default").agent.prompt, default_prompt());
  EXPECT_THAT(config.agents.at("default").llm, ElementsAre("one"));
}

TEST(AgentConfig, AnAgentInheritsWhatItDoesNotSay) {
  const WorkerConfig config = load(R"(
conversation: { wake_words: [hey you] }
agents:
  kim: { prompt: "Be brief. {{date}}", language: fr-FR, llm: [two, one], tts: [ai], voice: nova, exit_words: [out], memory: full }
  bo: {}
agent: kim
devices: { "AA:BB:CC:00:11:22": bo }
)");
  const AgentChoice& kim = config.agents.at("kim");
  EXPECT_EQ(kim.agent.name, "kim");
  EXPECT_THAT(kim.llm, ElementsAre("two", "one"));
  EXPECT_THAT(kim.agent.exit_words, ElementsAre("out"));
  EXPECT_EQ(kim.agent.memory, MemoryLevel::kFull);
  EXPECT_THAT(kim.agent.wake_words, ElementsAre("hey you"));
  EXPECT_EQ(config.agents.at("bo").agent.prompt, default_prompt());
  EXPECT_THAT(config.agents.at("bo").llm, ElementsAre("one"));
  EXPECT_EQ(config.devices.at("aa:bb:cc:00:11:22"), "bo");
}

TEST(AgentConfig, NamesWhatCannotBeWithItsLine) {
  const struct {
    std::string yaml;
    std::string problem;
  } cases[] = {
      {"agent: nobody", ":1: 'agent' names 'nobody'"},
      {"devices:\n  \"aa:bb\": nobody", ":2: 'devices.aa:bb' names 'nobody'"},
      {"agents:\n  kim:\n    llm: [three]", ":3: 'agents.kim.llm' names 'three'"},
      {"agents:\n  kim:\n    llm: [local, one]", ":3: 'agents.kim.llm' names providers behind 'local'"},
      {"agents:\n  kim:\n    llm: [one, two, one]", ":3: 'agents.kim.llm' names 'one' twice"},
      {"agents:\n  kim:\n    prompt: \"{{mood}}\"", ":3: 'agents.kim.prompt' has the placeholder {{mood}}"},
      {"agents:\n  kim:\n    voice: nova", ":3: 'agents.kim.voice' needs a speech provider"},
      {"agents:\n  kim:\n    tts: [sovits]\n    voice: nova", ":4: 'agents.kim.voice' is not for 'sovits'"},
      {"agents:\n  kim:\n    tts: [ai]\n    voice: \"<x>\"", ":4: 'agents.kim.voice' is not for 'ai'"},
      {"agents:\n  \"k m\": {}", "must be 1 to 64 of"},
      {"agents:\n  kim:\n    promt: x", "promt"},
  };
  for (const auto& one : cases) EXPECT_THAT(problems(one.yaml), HasSubstr(one.problem)) << one.yaml;
}

TEST(AgentConfig, ReplacementsAreReadAndBounded) {
  const WorkerConfig config =
      load("agents: { kim: { replacements: { Earshot: ear shot, \"v1.2\": version } } }");
  EXPECT_THAT(config.agents.at("kim").agent.replacements,
              UnorderedElementsAre(Pair("Earshot", "ear shot"), Pair("v1.2", "version")));
  EXPECT_THAT(problems("agents: { kim: { replacements: { a: \"" + std::string(101, 'x') + "\" } } }"),
              HasSubstr("100 bytes"));
  std::string many;
  for (int i = 0; i < 201; ++i) many += "w" + std::to_string(i) + ": x, ";
  EXPECT_THAT(problems("agents: { kim: { replacements: { " + many + "} } }"), HasSubstr("more than 200"));
}

class CastTest : public testing::Test {
 protected:
  static ipc::SessionOpen session(const std::string& device, const std::string& agent = "") {
    ipc::SessionOpen open;
    open.set_device_id(device);
    open.set_agent(agent);
    return open;
  }
  template <class Fallback>
  static std::vector<std::string> names(const Fallback& stage) {
    std::vector<std::string> out;
    stage.chain().visit([&](const ProviderRecord& record) { out.push_back(record.name()); });
    return out;
  }

  asio::io_context io_;
  asio::thread_pool pool_{1};
  SystemClock clock_;
  HttpClient http_{io_};
  ProviderContext context_{.io = io_, .pool = pool_, .http = http_, .clock = clock_};
};

TEST_F(CastTest, ChoosesTheAgentOfTheGatewayElseOfTheDeviceElseTheUsualOne) {
  AgentEngines engines(load(R"(
agents: { kim: {}, bo: {} }
agent: kim
devices: { "aa:bb": bo }
)"),
                       context_);
  const auto chosen = [&](const ipc::SessionOpen& open) { return engines.choose(open).config.agent.name; };
  EXPECT_EQ(chosen(session("11:22")), "kim");
  EXPECT_EQ(chosen(session("aa:bb")), "bo");
  EXPECT_EQ(chosen(session("aa:bb", "default")), "default");
  EXPECT_EQ(chosen(session("aa:bb", "stranger")), "bo");
}

TEST(AgentConfig, AnAgentLooksIntoDocumentsAndPlaysACharacter) {
  const Agent agent = load(R"(
agents:
  bear:
    prompt: "Be kind to {{user}}."
    documents: { depth: 4, threshold: 0.5 }
    character: { name: Miso, user: Ann, settings: a bear, emotions: { shy: embarrassed, "开心": happy } }
)")
                          .agents.at("bear")
                          .agent;
  EXPECT_EQ(agent.lore.depth, 4);
  EXPECT_EQ(agent.lore.threshold, 0.5);
  EXPECT_EQ(agent.character.name, "Miso");
  EXPECT_EQ(agent.character.emotions.at("shy"), "embarrassed");
  EXPECT_EQ(load("").agents.at("default").agent.lore.depth, 0);
}

TEST(AgentConfig, ACharacterThatCannotBeIsRefused) {
  EXPECT_THAT(problems("agents: { a: { documents: { depth: 9 } } }"), HasSubstr("depth"));
  EXPECT_THAT(problems("agents: { a: { documents: { threshold: 1.5 } } }"), HasSubstr("threshold"));
  EXPECT_THAT(problems("agents: { a: { character: { emotions: { shy: red } } } }"), HasSubstr("'red'"));
  EXPECT_THAT(problems("agents: { a: { character: { mood: x } } }"), HasSubstr("mood"));
  EXPECT_THAT(problems("agents: { a: { character: { name: '" + std::string(100, 'x') + "' } } }"),
              HasSubstr("longer"));
}

TEST_F(CastTest, AgentsShareTheirProviders) {
  AgentEngines engines(
      load("agents: { kim: { llm: [two, one], tts: [ai], voice: nova }, bo: { tts: [ai] } }"), context_);
  EXPECT_THAT(names(engines.choose(session("", "kim")).brain), ElementsAre("two", "one", "local"));
  EXPECT_THAT(names(engines.choose(session("", "bo")).brain), ElementsAre("one", "local"));
  EXPECT_THAT(names(engines.choose(session("", "kim")).tts), ElementsAre("ai/nova", "local"));
  std::vector<std::string> all;
  engines.visit_providers([&](std::string_view stage, const ProviderRecord& record) {
    all.push_back(std::string(stage) + " " + record.name());
  });
  EXPECT_THAT(all, UnorderedElementsAre("asr local", "llm local", "llm one", "llm two", "tts local", "tts ai",
                                        "tts ai/nova"));
}

TEST_F(CastTest, AgentsThatAreReadAgainRunSureCommandsAsThoseOfTheStart) {
  const AgentEngines own(load(""), context_);
  const auto again =
      AgentEngines::with_embedded_of(own, load("agents: { kim: { commands_first: true } }"), context_);
  auto& kim = again->choose(session("", "kim"));
  ASSERT_TRUE(kim.commands);
  EXPECT_FALSE(again->choose(session("", "default")).commands);
  std::string called;
  LlmRequest request;
  request.language = "en-US";
  request.dialogue.push_back({.role = Message::Role::kUser,
                              .text = "volume fifty",
                              .tool_calls = {},
                              .tool_call_id = {},
                              .is_error = false});
  request.tools.push_back({.name = "self.audio_speaker.set_volume",
                           .description = "",
                           .input_schema = R"({"properties":{"volume":{"type":"integer"}}})"});
  LlmCallbacks callbacks;
  callbacks.on_text = [](const std::string&) {};
  callbacks.on_tool_call = [&](const ToolCall& call) { called = call.name; };
  callbacks.on_done = [](const Status&) {};
  const auto stream = kim.mind().chat(std::move(request), io_.get_executor(), std::move(callbacks));
  while (called.empty() && io_.run_one_for(Milliseconds(5000)) > 0) {
  }
  EXPECT_EQ(called, "self.audio_speaker.set_volume");
}

}  // namespace
}  // namespace earshot::worker
