// Devices that come back, and gateways that do, with real binaries: the conversation goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kResumeQuestion = "what can you do";  // its answer takes some eight seconds
constexpr const char* kResumeMac = "02:00:00:00:0e:01";

bool comes_true(const std::function<bool()>& condition, std::chrono::seconds patience = 20s) {
  const auto limit = std::chrono::steady_clock::now() + patience;
  while (!condition() && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(50ms);
  return condition();
}

TEST(ResumeTest, ADeviceThatComesBackGoesOnOverAnyDoor) {
  const ScriptedHearing hearing({"what time is it", "what time is it", "goodbye", "what time is it"});
  System system(
      {.workers = 1, .gateway_settings = {"ota.offer=both"}, .worker_config = hearing.worker_config()});
  const std::vector<std::string> asks{"--mac", kResumeMac, "--say", "what time is it"};
  std::vector<std::string> asks_over_websocket = asks;
  asks_over_websocket.insert(asks_over_websocket.end(), {"--transport", "websocket"});

  const SimResult first = talk(system, asks);
  EXPECT_EQ(first.exit_code, 0) << first.told;
  EXPECT_EQ(system.counter("session_resumed"), 0U);
  const SimResult second = talk(system, asks_over_websocket);
  EXPECT_EQ(second.exit_code, 0) << second.told;
  EXPECT_EQ(system.counter("session_resumed"), 1U);
  EXPECT_THAT(system.log(), HasSubstr(" resumed_after_ms=")) << "the first turn's trace tells";

  (void)talk(system, {"--mac", kResumeMac, "--transport", "websocket", "--say", "goodbye"});
  const std::uint64_t before = system.counter("session_resumed");
  const SimResult after_farewell = talk(system, asks_over_websocket);
  EXPECT_EQ(after_farewell.exit_code, 0) << after_farewell.told;
  EXPECT_EQ(system.counter("session_resumed"), before);
}

class GatewayRestartTest : public testing::TestWithParam<int> {};

TEST_P(GatewayRestartTest, InTheMiddleOfAnAnswerIsGoneOnWith) {
  const ScriptedHearing hearing({kResumeQuestion});
  System system({.workers = 1, .worker_config = hearing.worker_config()});
  SimRun run(system, {"--mac", kResumeMac, "--timeout", "120", "--say", kResumeQuestion});
  ASSERT_TRUE(run.wait_for_event("sentence_start"));
  ASSERT_TRUE(comes_true([&] {
    return std::filesystem::exists(system.data() + "/data/run/kept/02_00_00_00_0e_01.sealed");
  })) << system.log();
  std::this_thread::sleep_for(1s);  // into the sentence: what is kept is of no moment before
  system.gateway().signal(GetParam());
  ASSERT_TRUE(system.gateway().wait(10s));
  system.start();
  EXPECT_EQ(system.counter("session_taken_up"), 1U) << system.log();
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told << system.log();
  EXPECT_EQ(result.transcripts().size(), 1U) << "it was not asked again\n" << result.told;
  EXPECT_THAT(result.told, Not(HasSubstr("server goodbye")));
  EXPECT_EQ(result.replies().size(), 1U) << "its rest is heard in the same answer\n" << result.told;
}

INSTANTIATE_TEST_SUITE_P(Signals, GatewayRestartTest, testing::Values(SIGKILL, SIGUSR1),
                         [](const auto& one) { return one.param == SIGKILL ? "Killed" : "Restarted"; });

}  // namespace
}  // namespace earshot::e2e
