// Devices on their WebSocket as their owner sees them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

constexpr const char* kWebSocketMac = "02:00:00:00:0e:01";

TEST(WebSocketDevice, ADeviceThatIsSetToItIsSentThereAtItsNextBoot) {
  System system({.workers = 1});
  EXPECT_EQ(talk(system, {"--mac", kWebSocketMac, "--text", "what time is it"}).exit_code, 0);
  ASSERT_EQ(ctl(system, {"set", kWebSocketMac, "--transport", "websocket"}).exit_code, 0);
  const SimResult result =
      talk(system, {"--mac", kWebSocketMac, "--transport", "websocket", "--text", "what time is it"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_FALSE(result.replies().empty());
}

}  // namespace
}  // namespace earshot::e2e
