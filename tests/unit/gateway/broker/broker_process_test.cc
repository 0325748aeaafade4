#include "gateway/broker/broker_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <optional>
#include <string>
#include <thread>

namespace earshot::broker {
namespace {

constexpr Milliseconds kLong{5000};

Result<BrokerProcess> spawn_shell(const std::string& script) {
  return BrokerProcess::spawn("/bin/sh", {"-c", script}, 64);
}

TEST(BrokerProcessTest, TellsHowItEnded) {
  auto process = spawn_shell("exit 3");
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->wait(kLong), "exit code 3");
  EXPECT_EQ(process->ended(), "exit code 3");
}

TEST(BrokerProcessTest, GivesWhatItPrints) {
  auto process = spawn_shell("echo out; echo err >&2");
  ASSERT_TRUE(process.ok());
  ASSERT_TRUE(process->wait(kLong));
  EXPECT_EQ(process->read_log(), "out\nerr\n");
}

TEST(BrokerProcessTest, GetsNoneOfOurKeys) {
  ::setenv("EARSHOT_TEST_KEY", "secret", 1);
  auto process = BrokerProcess::spawn("/usr/bin/env", {}, 64);
  ::unsetenv("EARSHOT_TEST_KEY");
  ASSERT_TRUE(process.ok());
  ASSERT_TRUE(process->wait(kLong));
  const std::string said = process->read_log();
  EXPECT_NE(said.find("PATH="), std::string::npos);
  EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  for (std::size_t at = 0; at < said.size(); at = said.find('\n', at) + 1) {
    EXPECT_TRUE(said.compare(at, 5, "PATH=") == 0 || said.compare(at, 5, "LANG=") == 0) << said.substr(at);
  }
}

TEST(BrokerProcessTest, AProgramThatIsMissingIsAnErrorWithItsName) {
  const auto process = BrokerProcess::spawn("/nonexistent/mosquitto", {}, 64);
  ASSERT_FALSE(process.ok());
  EXPECT_EQ(process.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(process.error().message.find("/nonexistent/mosquitto"), std::string::npos);
}

TEST(BrokerProcessTest, StopAsksFirst) {
  auto process = BrokerProcess::spawn("/bin/sleep", {"100"}, 64);
  ASSERT_TRUE(process.ok());
  process->stop(kLong);
  EXPECT_EQ(process->ended(), "signal " + std::to_string(SIGTERM));
}

TEST(BrokerProcessTest, StopKillsWhatDoesNotListen) {
  auto process = spawn_shell("trap '' TERM; echo ready; exec sleep 100");
  ASSERT_TRUE(process.ok());
  std::string said;
  while (said != "ready\n" && !process->wait(Milliseconds(5))) said += process->read_log();
  process->stop(Milliseconds(50));
  EXPECT_EQ(process->ended(), "signal " + std::to_string(SIGKILL));
}

TEST(BrokerProcessTest, EndsWithTheThreadThatStartedIt) {
  std::optional<BrokerProcess> process;
  std::thread([&process] {
    auto spawned = BrokerProcess::spawn("/bin/sleep", {"100"}, 64);
    ASSERT_TRUE(spawned.ok());
    process.emplace(std::move(*spawned));
  }).join();
  ASSERT_TRUE(process);
  EXPECT_EQ(process->wait(kLong), "signal " + std::to_string(SIGTERM));
}

TEST(BrokerProcessTest, InheritsNoDescriptor) {
  auto process = spawn_shell("ls /proc/self/fd | wc -l");
  ASSERT_TRUE(process.ok());
  ASSERT_TRUE(process->wait(kLong));
  EXPECT_EQ(process->read_log(), "4\n");  // 0, 1, 2 and the folder that ls reads
}

}  // namespace
}  // namespace earshot::broker
