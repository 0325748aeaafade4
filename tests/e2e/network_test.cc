// The same conversations over bad networks: what was said is still done, and nothing is cut or out of order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::IsEmpty;

TEST(BadNetworkTest, ASlowControlChannelCutsNoFrame) {
  System system;
  for (const char* delay : {"40", "200"}) {
    const SimResult result = talk(system, {"--control-delay", delay, "--say",
                                           "set the volume to fifty percent", "--say", "what time is it"});
    EXPECT_EQ(result.exit_code, 0) << result.told;
    EXPECT_EQ(result.number("frames_cut"), 0) << "at " << delay << " ms\n" << result.told;
    EXPECT_EQ(result.volume(), 50) << result.told;
  }
}

TEST(BadNetworkTest, LossJitterDuplicatesAndReorderingDoNotBreakATurn) {
  System system;
  const SimResult result =
      talk(system, {"--seed", "7", "--loss", "2", "--dup", "2", "--reorder", "2", "--jitter", "30", "--say",
                    "set the volume to fifty percent", "--say", "set the theme to dark"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.volume(), 50) << result.told;
}

}  // namespace
}  // namespace earshot::e2e
