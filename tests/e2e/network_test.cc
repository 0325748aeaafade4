// The same conversations over bad networks: what was said is still done, and nothing is cut or out of order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::IsEmpty;

constexpr const char* kCommand = "set the volume to fifty percent";

TEST(BadNetworkTest, ASlowControlChannelCutsNoFrame) {
  const ScriptedHearing hearing({kCommand, "what time is it", kCommand, "what time is it"});
  System system({.worker_config = hearing.worker_config()});
  for (const char* delay : {"40", "200"}) {
    const SimResult result =
        talk(system, {"--control-delay", delay, "--say", kCommand, "--say", "what time is it"});
    EXPECT_EQ(result.exit_code, 0) << result.told;
    EXPECT_EQ(result.number("frames_cut"), 0) << "at " << delay << " ms\n" << result.told;
    EXPECT_EQ(result.volume(), 50) << result.told;
  }
}

TEST(BadNetworkTest, LossJitterDuplicatesAndReorderingDoNotBreakATurn) {
  const ScriptedHearing hearing({kCommand, "set the theme to dark"});
  System system({.worker_config = hearing.worker_config()});
  const SimResult result =
      talk(system, {"--seed", "7", "--loss", "2", "--dup", "2", "--reorder", "2", "--jitter", "30", "--say",
                    kCommand, "--say", "set the theme to dark"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.volume(), 50) << result.told;
  EXPECT_GT(hearing.heard_seconds(), 2.5) << "of two sentences: what was lost is concealed, not left out";
}

// Both ways lose every tenth datagram; the first sentence is what the loss is learnt from.
TEST(BadNetworkTest, WhatIsSaidOverALossyNetworkIsHeardWhole) {
  const ScriptedHearing hearing({kCommand, "what time is it", kCommand, "what time is it", kCommand});
  System system({.worker_config = hearing.worker_config()});
  const SimResult result =
      talk(system, {"--seed", "3", "--loss", "10", "--say", kCommand, "--say", "what time is it", "--say",
                    kCommand, "--say", "what time is it", "--say", kCommand});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_GT(result.link("frames_down_again"), 20) << result.told;
  EXPECT_LT(result.link("frames_missing") * 20, result.link("frames_down")) << "less than 5 % of them\n"
                                                                            << result.told;
}

}  // namespace
}  // namespace earshot::e2e
