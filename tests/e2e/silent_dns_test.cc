// A name server that never answers, as behind every router that restarts: who needs it is told so, and nobody
// else notices. In a process with threads, and where namespaces are not permitted, there is nothing to be proved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/silent_dns.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kMacOfDead = "02:00:00:00:0d:05";
constexpr const char* kDeadServices = R"(
llm:
  providers:
    nameless: {type: openai, base_url: "http://llm.example.test:8080/v1", model_name: m}
tts:
  providers:
    voiceless: {type: edge, url: "wss://voice.example.test/v1"}
    speechless: {type: elevenlabs, url: "wss://speech.example.test/v1", voice_id: v, api_key_env: EARSHOT_TEST_KEY}
agents:
  default: {}
  dead: {llm: [nameless], tts: [voiceless, speechless]}
devices:
  "02:00:00:00:0d:05": dead
)";

std::int64_t gaps_of(const SimResult& result) {
  std::int64_t gaps = 0;
  for (const json::object& event : result.events) gaps += json::find_int(event, "gaps").value_or(0);
  return gaps;
}

TEST(SilentDnsTest, OnlyWhoNeedsANameHearsOfIt) {
  if (const std::string why = enter_network_with_silent_dns(scratch_folder()); !why.empty())
    GTEST_SKIP() << "a name server that is silent cannot be played: " << why;
  ::setenv("EARSHOT_TEST_KEY", "k", 1);
  System running({.workers = 1, .worker_config = kDeadServices});

  SimRun dead(running, {"--mac", kMacOfDead, "--text", "tell me a long story", "--text", "and another one",
                        "--timeout", "150"});
  // Turn after turn while the names are looked up, at the start of the session and of each turn.
  for (int talked = 0; talked < 2; ++talked) {
    const SimResult other = talk(running, {"--text", "set the volume to 35 percent", "--text",
                                           "what time is it", "--text", "set the volume to 40 percent"});
    EXPECT_EQ(other.exit_code, 0) << other.told;
    EXPECT_THAT(other.violations(), IsEmpty()) << other.told;
    EXPECT_EQ(gaps_of(other), 0) << other.told;
    EXPECT_EQ(other.volume(), 40) << other.told;
  }
  const SimResult heard = dead.finish();
  EXPECT_THAT(heard.replies(), Contains(HasSubstr("answer"))) << heard.told;
  EXPECT_THAT(heard.replies(), Each(Not(HasSubstr("did not understand")))) << heard.told;

  const std::string told = json::serialize(ctl_json(running, {"doctor"}));
  EXPECT_THAT(told, HasSubstr("llm nameless for ")) << "the operator sees which service does not answer";
  EXPECT_THAT(running.log(), HasSubstr("stage=llm"));

  // Once more a look-up that hangs, and the end in the middle of it.
  SimRun again(running, {"--mac", kMacOfDead, "--text", "tell me a story"});
  EXPECT_TRUE(again.wait_for_event("hello"));
  const auto began = std::chrono::steady_clock::now();
  running.gateway().signal(SIGTERM);
  EXPECT_TRUE(running.gateway().wait(std::chrono::seconds(20)).has_value());
  std::printf("stopped after %lld ms\n",
              static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                         std::chrono::steady_clock::now() - began)
                                         .count()));
  EXPECT_THAT(running.log(), Not(HasSubstr("worker lost")));
  EXPECT_THAT(running.log(), Not(HasSubstr("killing it")));
}

}  // namespace
}  // namespace earshot::e2e
