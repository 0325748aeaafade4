// A worker of another machine, which is 127.0.0.2 here: it joins with a line of earshotctl, serves conversations over
// TLS with an agent that has a key, is cut when it is revoked, and serves two gateways at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"
#include "tests/fakes/providers/openai_llm_fake.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kWait{60};

class WorkerJoinTest : public testing::Test {
 protected:
  // A gateway that spawns no worker and awaits them over TLS.
  struct Site {
    std::string pki;
    std::uint16_t port = 0;
    std::unique_ptr<System> system;
  };
  Site site(const std::string& pki) {
    Site made{.pki = pki, .port = free_ports(), .system = nullptr};
    made.system = std::make_unique<System>(System::Options{
        .workers = 0,
        .gateway_settings = {"workers.remote_listen=tls:127.0.0.2:" + std::to_string(made.port),
                             "workers.pki_dir=" + pki}});
    return made;
  }
  static std::string new_pki() {
    const std::string folder = scratch_folder() + "/pki";
    ChildProcess init({binary("earshotctl"), "pki", "init", "--dir", folder, "--host", "127.0.0.2"},
                      folder + ".out", folder + ".err");
    EXPECT_EQ(init.wait(kWait).value_or(-1), 0) << init.errors();
    return folder;
  }
  // "earshot://..." of a new token.
  static std::string token(const System& system, const std::string& name) {
    const CtlResult made = ctl(system, {"workers", "join-token", "--name", name});
    EXPECT_EQ(made.exit_code, 0) << made.errors;
    const std::size_t at = made.output.find("earshot://");
    EXPECT_NE(at, std::string::npos) << made.output;
    return at == std::string::npos ? std::string() : made.output.substr(at, made.output.find('\n') - at);
  }
  // With the arguments given, and its state in `state`.
  static std::unique_ptr<ChildProcess> worker(const std::string& state, std::vector<std::string> arguments) {
    std::vector<std::string> command{binary("earshot-worker"), "--set", "state_dir=" + state};
    command.insert(command.end(), arguments.begin(), arguments.end());
    static int started = 0;
    const std::string log = scratch_folder() + "/worker" + std::to_string(++started);
    return std::make_unique<ChildProcess>(command, log + ".out", log + ".err");
  }
  // Polls other processes: there is no event to wait for.
  template <class Condition>
  static bool until(Condition condition, std::chrono::milliseconds patience = kWait) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  static bool has_workers(const System& system, int count) {
    return json::find_int(system.health(), "workers").value_or(-1) == count;
  }
};

TEST_F(WorkerJoinTest, AJoinedWorkerServesAgentsWithKeysAndIsCutWhenRevoked) {
  const Site here = site(new_pki());
  const std::string state = scratch_folder() + "/state";
  const std::string line = token(*here.system, "far-1");
  {
    const auto joining = worker(state, {"--join", line});
    ASSERT_TRUE(until([&] { return has_workers(*here.system, 1); }))
        << joining->errors() << here.system->log();
    EXPECT_THAT(joining->errors(), HasSubstr("joined as 'far-1'"));
    joining->signal(SIGTERM);
    EXPECT_EQ(joining->wait(kWait).value_or(-1), 0);
  }
  // The same line again: one clear line of error.
  const auto second = worker(scratch_folder() + "/other", {"--join", line});
  EXPECT_EQ(second->wait(kWait).value_or(-1), 2);
  EXPECT_THAT(second->errors(), HasSubstr("this token was used already; ask for a new one"));

  // From now on without an argument.
  const auto joined = worker(state, {});
  ASSERT_TRUE(until([&] { return has_workers(*here.system, 1); })) << joined->errors();

  fakes::OpenAiLlmFake model{[](const std::string&) -> fakes::LlmReply {
    return {.tokens = {"I am", " far away."}};
  }};
  const std::string file = scratch_folder() + "/provider.json";
  std::ofstream(file) << R"({"config":{"type":"openai","base_url":")" << model.base_url()
                      << R"(","model_name":"m"},"secrets":{"api_key":"sk-far"}})";
  const CtlResult provider = ctl(*here.system, {"providers", "apply", "llm", "far-model", file});
  ASSERT_EQ(provider.exit_code, 0) << provider.errors;
  std::ofstream(file) << R"({"llm":["far-model"]})";
  const CtlResult agent = ctl(*here.system, {"agents", "apply", file, "--name", "default"});
  ASSERT_EQ(agent.exit_code, 0) << agent.errors;
  ASSERT_TRUE(until([&] { return here.system->log().find("agents=1 providers=1") != std::string::npos; }));
  const SimResult heard = talk(*here.system, {"--text", "where are you"});
  EXPECT_EQ(heard.exit_code, 0) << heard.told << joined->errors();
  EXPECT_THAT(heard.replies(), Contains("I am far away.")) << joined->errors();
  EXPECT_THAT(here.system->log(), Not(HasSubstr("sk-far")));

  ChildProcess revoke({binary("earshotctl"), "pki", "revoke", "far-1", "--dir", here.pki}, state + ".out",
                      state + ".err");
  EXPECT_EQ(revoke.wait(kWait).value_or(-1), 0) << revoke.errors();
  EXPECT_TRUE(until([&] { return has_workers(*here.system, 0); }, std::chrono::seconds(10)))
      << here.system->log();
  EXPECT_TRUE(until([&] {
    return joined->errors().find("has revoked this worker's certificate") != std::string::npos;
  })) << joined->errors();
  EXPECT_THAT(here.system->log(), HasSubstr("its certificate is revoked"));
}

TEST_F(WorkerJoinTest, OneWorkerServesTwoGateways) {
  const std::string pki = new_pki();
  const Site first = site(pki);
  const Site second = site(pki);
  const std::string state = scratch_folder() + "/state";
  {
    const auto joining = worker(state, {"--join", token(*first.system, "shared")});
    ASSERT_TRUE(until([&] { return has_workers(*first.system, 1); })) << joining->errors();
    joining->signal(SIGTERM);
    joining->wait(kWait);
  }
  const auto both = worker(state, {"--gateway", "tls:127.0.0.2:" + std::to_string(first.port), "--gateway",
                                   "tls:127.0.0.2:" + std::to_string(second.port)});
  ASSERT_TRUE(until([&] { return has_workers(*first.system, 1) && has_workers(*second.system, 1); }))
      << both->errors();
  EXPECT_EQ(talk(*first.system, {"--text", "what time is it"}).exit_code, 0) << both->errors();
  EXPECT_EQ(talk(*second.system, {"--text", "what time is it"}).exit_code, 0) << both->errors();
}

// A peer that is stopped is like a network that drops everything without a reset: nothing comes any more.
TEST_F(WorkerJoinTest, ASilentPeerIsNoticedWithinThreeSecondsAtBothEnds) {
  const Site here = site(new_pki());
  const auto joined = worker(scratch_folder() + "/state", {"--join", token(*here.system, "far-1")});
  ASSERT_TRUE(until([&] { return has_workers(*here.system, 1); })) << joined->errors();

  joined->signal(SIGSTOP);
  EXPECT_TRUE(until([&] { return here.system->log().find("it does not answer") != std::string::npos; },
                    std::chrono::milliseconds(4000)))
      << here.system->log();
  joined->signal(SIGCONT);
  ASSERT_TRUE(until([&] { return has_workers(*here.system, 1); })) << "it comes again" << joined->errors();

  here.system->gateway().signal(SIGSTOP);
  EXPECT_TRUE(until([&] { return joined->errors().find("it does not answer") != std::string::npos; },
                    std::chrono::milliseconds(4000)))
      << joined->errors();
  here.system->gateway().signal(SIGCONT);
}

}  // namespace
}  // namespace earshot::e2e
