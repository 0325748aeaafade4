// Bad input and dying processes: everybody else goes on.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <thread>

#include "common/http/http_client.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Polls another process's state, for which there is no event to wait for.
template <class Condition>
bool eventually(Condition&& condition, std::chrono::seconds within = std::chrono::seconds(60)) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

constexpr const char* kAnyCommand = "set the volume to fifty percent";

void flood_with_garbage(std::uint16_t udp_port, int datagrams) {
  const int handle = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(udp_port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::mt19937 random(4711);
  for (int i = 0; i < datagrams; ++i) {
    std::vector<std::uint8_t> bytes(random() % 1600);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    if (!bytes.empty() && i % 2 == 0) bytes[0] = 1;  // half of them look like audio at first sight
    ::sendto(handle, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  ::close(handle);
}

TEST(HostileInputTest, AFloodOfGarbageIsCountedAndAConversationGoesOn) {
  const ScriptedHearing hearing({kAnyCommand});
  System system({.worker_config = hearing.worker_config()});
  SimRun run(system, {"--say", kAnyCommand});
  for (int i = 0; i < 20; ++i) {
    flood_with_garbage(system.udp_port(), 500);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // spread over the conversation
  }
  const SimResult result = run.finish();
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty());
  EXPECT_EQ(result.volume(), 50);
  const json::object health = system.health();
  EXPECT_NE(json::find_object(health, "counters"), nullptr);
  EXPECT_GT(json::find_object(health, "counters")->size(), 0U) << json::serialize(health);
  const std::string log = system.log();
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 300) << "garbage floods the log";
}

TEST(HostileInputTest, HttpNonsenseIsRefusedWithJson) {
  System system;
  const std::string base = "http://127.0.0.1:" + std::to_string(system.http_port());
  EXPECT_EQ(http::http_post(base + "/xiaozhi/ota/", {}, "{}", Milliseconds(2000))->status, 400);
  EXPECT_EQ(
      http::http_post(base + "/xiaozhi/ota/", {}, std::string(200'000, 'x'), Milliseconds(2000))->status,
      413);
  const auto climbing = http::request("GET", base + "/../../etc/passwd", {}, "", Milliseconds(2000));
  EXPECT_EQ(climbing->status, 400);
  EXPECT_EQ(climbing->content_type, "application/json");
}

TEST(DyingProcessTest, AWorkerThatDiesIsReplacedAndItsDeviceMayTalkAgain) {
  const ScriptedHearing hearing({kAnyCommand});
  System system({.workers = 1, .worker_config = hearing.worker_config()});
  const auto pids = system.worker_pids();
  ASSERT_EQ(pids.size(), 1U);
  ::kill(pids[0], SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto now = system.worker_pids();
    return now.size() == 1 && now[0] != pids[0] && json::find_int(system.health(), "workers") == 1;
  })) << system.log();
  const SimResult result = talk(system, {"--say", kAnyCommand});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.volume(), 50);
}

TEST(DyingProcessTest, AWorkerThatHangsIsPassedOver) {
  const ScriptedHearing hearing({kAnyCommand});
  System system({.worker_config = hearing.worker_config()});
  const auto pids = system.worker_pids();
  ASSERT_EQ(pids.size(), 2U);
  ::kill(pids[0], SIGSTOP);
  const SimResult first = talk(system, {"--say", kAnyCommand});
  const SimResult second = talk(system, {"--say", kAnyCommand});
  ::kill(pids[0], SIGCONT);
  EXPECT_EQ(first.exit_code, 0) << first.told;
  EXPECT_EQ(second.exit_code, 0) << second.told;
}

TEST(StartupTest, ABusyPortIsAClearErrorAndNothingIsLeftBehind) {
  System system;
  const std::string folder = scratch_folder();
  ChildProcess second(
      {binary("earshot-gateway"), "--set", "data_dir=" + folder + "/data", "--set",
       "mqtt.port=" + std::to_string(free_ports()), "--set", "udp.port=" + std::to_string(system.udp_port()),
       "--set", "http.port=" + std::to_string(free_ports()), "--set", "workers.spawn=0"},
      folder + "/out", folder + "/err");
  EXPECT_EQ(second.wait(std::chrono::seconds(60)), 3) << second.errors();
  EXPECT_THAT(second.errors(), HasSubstr("udp.port")) << second.errors();
  EXPECT_THAT(second.errors(), HasSubstr(std::to_string(system.udp_port())));
}

TEST(StartupTest, TheDeviceKeyIsMadeOnceAndPrivate) {
  std::string key;
  std::string folder;
  {
    System system;
    folder = system.data();
    const std::string path = folder + "/data/secrets/device.key";
    key = read_file(path);
    EXPECT_GE(key.size(), 43U);
    const auto mode = std::filesystem::status(path).permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THAT(system.log(), Not(HasSubstr(key.substr(0, 20))));
  }
  EXPECT_FALSE(std::filesystem::exists(folder + "/data/run/workers.sock")) << "the socket was left behind";
}

}  // namespace
}  // namespace earshot::e2e
