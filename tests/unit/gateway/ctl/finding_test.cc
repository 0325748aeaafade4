#include "gateway/ctl/finding.h"

#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

TEST(FindingTest, ReadsWhatTheGatewayTells) {
  const Finding finding =
      finding_of({{"name", "clock"}, {"level", "warn"}, {"message", "m"}, {"advice", "a"}});
  EXPECT_EQ(finding.name, "clock");
  EXPECT_EQ(finding.level, Level::kWarn);
  EXPECT_EQ(to_json(finding, "gateway").at("ok"), true) << "only a failure is not ok";
}

TEST(FindingTest, TheAdviceStandsBelowTheMessage) {
  EXPECT_EQ(
      finding_text({.name = "UDP", .level = Level::kFail, .message = "no answer", .advice = "udp.listen"}, 5,
                   false),
      "  ✗ UDP    no answer\n"
      "           → udp.listen\n");
  EXPECT_EQ(finding_text({.name = "clock", .message = "right"}, 5, false), "  ✓ clock  right\n");
}

TEST(FindingTest, TheWorstOneCounts) {
  EXPECT_EQ(worst({}), Level::kOk);
  EXPECT_EQ(worst({{.level = Level::kWarn}, {.level = Level::kOk}}), Level::kWarn);
  EXPECT_EQ(worst({{.level = Level::kWarn}, {.level = Level::kFail}}), Level::kFail);
}

}  // namespace
}  // namespace earshot::ctl
