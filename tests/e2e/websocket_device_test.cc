// Devices on their WebSocket as their owner sees them: sent there, and reached there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::IsEmpty;

constexpr const char* kWebSocketMac = "02:00:00:00:0e:01";

TEST(WebSocketDevice, ADeviceThatIsSetToItIsSentThereAtItsNextBoot) {
  System system({.workers = 1});
  EXPECT_EQ(talk(system, {"--mac", kWebSocketMac, "--text", "what time is it"}).exit_code, 0);
  ASSERT_EQ(ctl(system, {"devices", "set", kWebSocketMac, "--transport", "websocket"}).exit_code, 0);
  const SimResult result =
      talk(system, {"--mac", kWebSocketMac, "--transport", "websocket", "--text", "what time is it"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_FALSE(result.replies().empty());
}

TEST(WebSocketDevice, CommandsAndSpeechReachItWhileItTalks) {
  System system({.workers = 1, .gateway_settings = {"ota.offer=websocket"}});
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
