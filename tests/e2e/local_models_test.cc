// A models folder that has nothing in it, behind the real processes: the engines of Debian's packages serve on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;

TEST(LocalModelsMissingTest, AnEmptyFolderLeavesTheCommands) {
  const System running({.workers = 1, .worker_config = "models_dir: \"" + scratch_folder() + "\"\n"});
  EXPECT_THAT(running.log(), HasSubstr("models"));
  const SimResult result = talk(running, {"--mode", "auto", "--say", "set the volume to forty percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.volume(), 40) << result.told;
}

}  // namespace
}  // namespace earshot::e2e
