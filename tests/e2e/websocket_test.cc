// Devices that talk over their WebSocket, through real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kWebSocketMac = "02:00:00:00:0e:01";

class WebSocketTest : public testing::TestWithParam<const char*> {
 protected:
  static System::Options over_websocket(const std::string& version = "1") {
    return {.workers = 1, .gateway_settings = {"ota.offer=websocket", "ota.websocket_version=" + version}};
  }
};

TEST_P(WebSocketTest, ADeviceTalksInEachForm) {
  System system(over_websocket(GetParam()));
  const SimResult result = talk(system, {"--transport", "websocket", "--say", "what can you do"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.transcripts(), Contains(HasSubstr("what can you do")));
  EXPECT_FALSE(result.replies().empty());
  EXPECT_THAT(result.violations(), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Forms, WebSocketTest, testing::Values("1", "2", "3"),
                         [](const auto& form) { return std::string("Version") + form.param; });

class WebSocketSystemTest : public WebSocketTest {};

TEST_F(WebSocketSystemTest, ADeviceThatIsSetToItIsSentThereAtItsNextBoot) {
  System system({.workers = 1});
  EXPECT_EQ(talk(system, {"--mac", kWebSocketMac, "--text", "what time is it"}).exit_code, 0);
  ASSERT_EQ(ctl(system, {"devices", "set", kWebSocketMac, "--transport", "websocket"}).exit_code, 0);
  const SimResult result =
      talk(system, {"--mac", kWebSocketMac, "--transport", "websocket", "--text", "what time is it"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_FALSE(result.replies().empty());
}

TEST_F(WebSocketSystemTest, CommandsAndSpeechReachItWhileItTalks) {
  System system(over_websocket());
  SimRun run(system, {"--mac", kWebSocketMac, "--transport", "websocket", "--mode", "realtime", "--text",
                      "what time is it", "--stay", "60"});
  ASSERT_TRUE(run.wait_for_event(R"("event":"stays")")) << run.finish(std::chrono::seconds(1)).told;
  const CtlResult called = ctl(system, {"call", kWebSocketMac, "self.get_device_status", "--json"});
  EXPECT_EQ(called.exit_code, 0) << called.output << called.errors << system.log();
  run.process().signal(SIGTERM);
  EXPECT_THAT(run.finish(std::chrono::seconds(60)).violations(), IsEmpty());
}

}  // namespace
}  // namespace earshot::e2e
