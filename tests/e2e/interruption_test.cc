// Interruptions: what is being said stops at once, and what the user says instead is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::IsEmpty;

TEST(InterruptionTest, InRealtimeModeTheUserSpeaksOverTheReply) {
  const ScriptedHearing hearing({"what can you do", "set the volume to ninety percent"});
  System system({.worker_config = hearing.worker_config()});
  const SimResult result = talk(system, {"--mode", "realtime", "--say", "what can you do", "--barge-in-after",
                                         "1200", "--barge-in", "say:set the volume to ninety percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.volume(), 90) << result.told;
  EXPECT_THAT(result.transcripts(), Contains("set the volume to ninety percent"));
}

TEST(InterruptionTest, AButtonPressStopsTheReplyAndTheDeviceListensAgain) {
  const ScriptedHearing hearing({"what can you do", "set the volume to ten percent"});
  System system({.worker_config = hearing.worker_config()});
  const SimResult result = talk(system, {"--mode", "auto", "--say", "what can you do", "--barge-in-after",
                                         "800", "--say", "set the volume to ten percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.volume(), 10) << result.told;
}

}  // namespace
}  // namespace earshot::e2e
