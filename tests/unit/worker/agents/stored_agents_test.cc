#include "worker/agents/stored_agents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::SizeIs;

class StoredAgents : public testing::Test {
 protected:
  ipc::StoredProvider& provider(const std::string& stage, const std::string& name,
                                const std::string& config) {
    ipc::StoredProvider& stored = *set.add_providers();
    stored.set_stage(stage);
    stored.set_name(name);
    stored.set_config(config);
    return stored;
  }
  void agent(const std::string& name, const std::string& config) {
    ipc::StoredAgent& stored = *set.add_agents();
    stored.set_name(name);
    stored.set_config(config);
  }
  WorkerConfig merged() { return with_stored(own, set, problems); }

  static constexpr const char* kOpenAi =
      R"({"type":"openai","base_url":"https://llm.example/v1","model_name":"m","api_key":"sk-1"})";
  WorkerConfig own = load_config({});
  ipc::AgentSet set;
  AgentProblems problems;
};

TEST_F(StoredAgents, ComeBesideThoseOfTheFile) {
  provider("llm", "home", kOpenAi);
  agent("bear", R"({"prompt":"You are a bear. 你好 \"quoted\"\n😀","llm":["home"],"greeting":"Hello!"})");
  const WorkerConfig config = merged();
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(config.agents, Contains(Key("bear")));
  EXPECT_THAT(config.agents, Contains(Key("default")));
  const AgentChoice& bear = config.agents.at("bear");
  EXPECT_EQ(bear.agent.prompt, "You are a bear. 你好 \"quoted\"\n😀");
  EXPECT_EQ(bear.agent.greeting, "Hello!");
  EXPECT_THAT(bear.llm, ElementsAre("home"));
  EXPECT_THAT(config.llm.known, Contains(Key("home")));
}

TEST_F(StoredAgents, DoNotReplaceWhatTheFileNames) {
  own.named_agents.insert("bear");
  own.agents["bear"].agent.prompt = "mine";
  agent("bear", R"({"prompt":"theirs"})");
  EXPECT_EQ(merged().agents.at("bear").agent.prompt, "mine");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what(), HasSubstr("own file"));
}

TEST_F(StoredAgents, MayRedefineTheDefaultThatNoFileNames) {
  agent("default", R"({"prompt":"theirs"})");
  EXPECT_EQ(merged().agents.at("default").agent.prompt, "theirs");
  EXPECT_THAT(problems, IsEmpty());
}

TEST_F(StoredAgents, ThatAreWrongAreLeftOutAndToldOf) {
  agent("good", "{}");
  agent("unknown-key", R"({"promt":"x"})");
  agent("unknown-provider", R"({"llm":["nowhere"]})");
  agent("no json", "{}");
  agent("broken", "{");
  provider("llm", "typeless", R"({"type":"nothing"})");
  provider("vad", "x", "{}");
  provider("llm", "local", "{}");
  const WorkerConfig config = merged();
  EXPECT_THAT(config.agents, Contains(Key("good")));
  EXPECT_THAT(config.agents, SizeIs(2));
  EXPECT_THAT(problems, SizeIs(7));
}

TEST_F(StoredAgents, MayNotReadTheWorkersFilesAndVariables) {
  provider(
      "llm", "thief",
      R"({"type":"openai","base_url":"https://evil.example/v1","model_name":"m","api_key_file":"/etc/shadow"})");
  EXPECT_THAT(merged().llm.known, Not(Contains(Key("thief"))));
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what(), HasSubstr("api_key_file"));
}

TEST_F(StoredAgents, NeverShowAKeyInAProblem) {
  provider("llm", "home", R"({"type":"openai","api_key":"sk-secret","unknown":1})");
  merged();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what(), Not(HasSubstr("sk-secret")));
}

TEST_F(StoredAgents, WithWithheldKeysSayWhatToDo) {
  provider("llm", "home", "").set_withheld(true);
  merged();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].what(), HasSubstr("Unix socket"));
}

}  // namespace
}  // namespace earshot::worker
