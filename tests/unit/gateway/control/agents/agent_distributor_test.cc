#include "gateway/control/agents/agent_distributor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ipc/agent_set_limits.h"
#include "tests/fakes/inline_store.h"

namespace earshot::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class AgentDistributorTest : public testing::Test {
 protected:
  void put_agent(const std::string& name, const std::string& config) {
    store::Agent agent;
    agent.name = name;
    agent.config = config;
    store.now().agents().put(agent);
  }
  void put_provider(const std::string& name, const std::string& config, const std::string& secrets) {
    store::Provider provider;
    provider.stage = "llm";
    provider.name = name;
    provider.config = config;
    provider.secrets = secrets;
    store.now().agents().put(provider);
  }
  void reload() {
    distributor.reload();
    io.restart();
    io.poll();
  }
  static std::string all(const AgentParts::Envelopes& parts) {
    std::string text;
    for (const auto& part : *parts) text += part.ShortDebugString();
    return text;
  }

  asio::io_context io;
  fakes::InlineStore store;
  std::vector<AgentParts> sent;
  bool box_opens = true;
  AgentDistributor distributor{io.get_executor(),
                               store,
                               {.send = [this](const AgentParts& parts) { sent.push_back(parts); },
                                .open_secrets = [this](const store::Provider& provider) -> Result<Secret> {
                                  if (!box_opens) return Error{ErrorCode::kInvalid, "another key"};
                                  return Secret(provider.secrets);  // unsealed, here
                                }}};
};

TEST_F(AgentDistributorTest, SendsAgentsAndProvidersWithTheirKeys) {
  put_agent("bear", R"({"prompt":"You are a bear."})");
  put_provider("home", R"({"type":"openai"})", R"({"api_key":"sk-1"})");
  reload();
  ASSERT_THAT(sent, SizeIs(1));
  const std::string whole = all(sent[0].whole);
  EXPECT_THAT(whole, HasSubstr("You are a bear."));
  EXPECT_THAT(whole, HasSubstr("sk-1"));
  EXPECT_TRUE(sent[0].whole->back().agent_set().last());
}

TEST_F(AgentDistributorTest, KeepsKeysFromLinksThatMayNotCarryThem) {
  put_provider("home", R"({"type":"openai"})", R"({"api_key":"sk-1"})");
  put_provider("plain", R"({"type":"ollama"})", "");
  reload();
  ASSERT_THAT(sent, SizeIs(1));
  const std::string without = all(sent[0].without_secrets);
  EXPECT_THAT(without, Not(HasSubstr("sk-1")));
  EXPECT_THAT(without, HasSubstr("withheld: true"));
  EXPECT_THAT(without, HasSubstr("ollama"));
}

// A store of before the API kept the sum.
TEST_F(AgentDistributorTest, LeavesOutWhatNoWorkerWouldTakeAndSaysSo) {
  for (int i = 0; i < 110; ++i) {
    put_agent("a" + std::to_string(100 + i), R"({"prompt":")" + std::string(47'000, 'x') + R"("})");
  }
  reload();
  ASSERT_THAT(sent, SizeIs(1));
  std::size_t bytes = 0;
  for (const auto& part : *sent[0].whole) bytes += part.ByteSizeLong();
  EXPECT_LE(bytes, ipc::kMaxAgentSetBytes);
  EXPECT_THAT(distributor.problem_of("", "a100"), IsEmpty());
  EXPECT_THAT(distributor.problem_of("", "a209"), HasSubstr("1 MiB"));
}

TEST_F(AgentDistributorTest, NamesEachSetAnew) {
  reload();
  reload();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_LT(sent[0].whole->front().agent_set().revision(), sent[1].whole->front().agent_set().revision());
}

TEST_F(AgentDistributorTest, CutsALargeSetIntoRecordsThatFit) {
  for (int i = 0; i < 10; ++i)
    put_agent("a" + std::to_string(i), R"({"prompt":")" + std::string(60'000, 'x') + R"("})");
  reload();
  ASSERT_THAT(sent, SizeIs(1));
  ASSERT_GT(sent[0].whole->size(), 1U);
  int agents = 0;
  for (std::size_t i = 0; i < sent[0].whole->size(); ++i) {
    const ipc::Envelope& part = (*sent[0].whole)[i];
    EXPECT_LT(part.ByteSizeLong(), 256U * 1024);
    EXPECT_EQ(part.agent_set().last(), i + 1 == sent[0].whole->size());
    agents += part.agent_set().agents_size();
  }
  EXPECT_EQ(agents, 10);
}

TEST_F(AgentDistributorTest, TellsWhatAWorkerSaysOfAnEntryUntilTheNextSet) {
  put_agent("bear", "{}");
  reload();
  AgentsNews news{.worker = "w1", .revision = distributor.revision(), .problems = {}};
  news.problems.push_back({.stage = "", .name = "bear", .what = "names 'x', which is not there"});
  distributor.taken(news);
  EXPECT_THAT(distributor.problem_of("", "bear"), HasSubstr("not there"));
  EXPECT_THAT(distributor.problem_of("llm", "bear"), IsEmpty());
  reload();
  EXPECT_THAT(distributor.problem_of("", "bear"), IsEmpty());
  distributor.taken(news);
  EXPECT_THAT(distributor.problem_of("", "bear"), IsEmpty()) << "of an older set";
}

TEST_F(AgentDistributorTest, TellsOfAKeyThatCannotBeOpenedAndSendsTheRest) {
  box_opens = false;
  put_provider("home", R"({"type":"openai"})", "sealed elsewhere");
  put_agent("bear", "{}");
  reload();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(all(sent[0].whole), Not(HasSubstr("home")));
  EXPECT_THAT(all(sent[0].whole), HasSubstr("bear"));
  EXPECT_THAT(distributor.problem_of("llm", "home"), HasSubstr("cannot be opened"));
}

TEST_F(AgentDistributorTest, SendsNothingWhenTheStoreCannotBeRead) {
  store.fail_with(Error{ErrorCode::kInternal, "disk"});
  reload();
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_EQ(distributor.counters().value(AgentEvent::kUnreadable), 1U);
}

}  // namespace
}  // namespace earshot::gateway
