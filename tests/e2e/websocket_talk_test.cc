// Devices that speak WebSocket, in whole systems: the same talks as over MQTT, in each framing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SimResult talk_over_websocket(const System& system, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--transport", "websocket"});
  return talk(system, arguments);
}

System::Options both_ways(int version) {
  return {.workers = 1,
          .gateway_settings = {"ota.offer=both", "ota.websocket_version=" + std::to_string(version)}};
}

TEST(WebSocketTalk, CallsToolsAndAnswersInEachFraming) {
  for (const int version : {1, 2, 3}) {
    SCOPED_TRACE(version);
    System system(both_ways(version));
    const SimResult result =
        talk_over_websocket(system, {"--say", "set the volume to fifty percent", "--say", "what can you do"});
    EXPECT_EQ(result.exit_code, 0) << result.told;
    EXPECT_THAT(result.violations(), IsEmpty());
    EXPECT_THAT(result.tool_calls(), ElementsAre(R"(self.audio_speaker.set_volume{"volume":50})"));
    EXPECT_EQ(result.volume(), 50);
    EXPECT_EQ(result.replies().size(), 2U);
  }
}

TEST(WebSocketTalk, TheUserInterruptsByVoice) {
  System system(both_ways(2));
  const SimResult result =
      talk_over_websocket(system, {"--mode", "realtime", "--say", "what can you do", "--barge-in-after",
                                   "1000", "--barge-in", "say:stop"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty());
}

TEST(WebSocketTalk, AGoodbyeClosesTheSocket) {
  System system(both_ways(1));
  const SimResult result = talk_over_websocket(system, {"--say", "goodbye"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.told, HasSubstr("session_ended"));
}

TEST(WebSocketTalk, ThePythonClientIsUnderstood) {
  System system(both_ways(1));
  const SimResult result =
      talk_over_websocket(system, {"--firmware", "py-xiaozhi", "--say", "what can you do"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.transcripts(), Contains("what can you do"));
}

}  // namespace
}  // namespace earshot::e2e
