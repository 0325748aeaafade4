#include "bench/simulator/firmware.h"

#include <gtest/gtest.h>

namespace earshot::simulator {
namespace {

TEST(Firmware, TheUsualOneIsOf2_4_2) {
  const auto usual = firmware_of(kUsualFirmware);
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->version, "2.4.2");
  EXPECT_EQ(usual->decode_queue_packets, 40U);
  EXPECT_TRUE(usual->mcp);
  EXPECT_FALSE(usual->notify || usual->iot || usual->speak_request || usual->answers_goodbye);
}

TEST(Firmware, AnotherVersionBehavesAsTheUsualOne) {
  const auto other = firmware_of("2.4.3");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->version, "2.4.3");
  EXPECT_FALSE(other->notify);
  for (const char* none : {"", "latest", ".1", "1.", "2.5.0-rc1"}) EXPECT_FALSE(firmware_of(none)) << none;
}

TEST(Firmware, TheNewestIsNotifiedAndQueuesLess) {
  const auto newest = firmware_of("2.5.0");
  ASSERT_TRUE(newest);
  EXPECT_TRUE(newest->notify);
  EXPECT_TRUE(newest->mcp_error_codes);
  EXPECT_EQ(newest->decode_queue_packets, 20U);
  EXPECT_FALSE(newest->speak_request) << "no official release has it";
}

TEST(Firmware, TheProposalsBuildAnswersWithTheRequestsId) {
  const auto build = firmware_of("pr1939");
  ASSERT_TRUE(build);
  EXPECT_TRUE(build->speak_request);
  EXPECT_TRUE(build->speak_ready_names_request);
  EXPECT_FALSE(build->announces_speak_request);
}

TEST(Firmware, TheOldOneHasThingsInsteadOfMcp) {
  const auto old = firmware_of("1.7.x");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->version, "1.7.6");
  EXPECT_TRUE(old->iot);
  EXPECT_FALSE(old->mcp);
  EXPECT_TRUE(old->answers_goodbye);
}

TEST(Firmware, ThePythonClientSendsShortFramesAndConnectsToTalk) {
  const auto python = firmware_of("py-xiaozhi");
  ASSERT_TRUE(python);
  EXPECT_EQ(python->frame_duration, Milliseconds(20));
  EXPECT_TRUE(python->mqtt_in_conversations_only);
  EXPECT_FALSE(python->names_session_over_websocket);
}

}  // namespace
}  // namespace earshot::simulator
