// Firmwares that are not the usual one, each in a conversation or spoken to while idle.
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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kFirmwareMac = "02:00:00:00:0f:01";
constexpr const char* kNotice = "Dinner is ready. Please come down.";

class FirmwareTest : public testing::Test {
 protected:
  // What the receipt says of it.
  static std::string say(const System& system) {
    const CtlResult result = ctl(system, {"say", kFirmwareMac, kNotice, "--json"});
    const auto receipt = json::parse_object(result.output, 1 << 20);
    const json::object* done = receipt.ok() ? json::find_object(*receipt, "result") : nullptr;
    return done == nullptr ? result.output + result.errors : json::serialize(*done);
  }
  static SimResult leave(SimRun& run) {
    run.process().signal(SIGTERM);
    return run.finish(std::chrono::seconds(60));
  }
};

TEST_F(FirmwareTest, TheNewestSpeaksWhileIdleWhatItFetches) {
  System system({.workers = 1});
  SimRun run(system, {"--mac", kFirmwareMac, "--firmware", "2.5.0", "--stay", "120"});
  ASSERT_TRUE(run.wait_for_event(R"("event":"stays")")) << run.finish(std::chrono::seconds(1)).told;
  EXPECT_EQ(say(system), R"({"how":"notify"})") << system.log();
  ASSERT_TRUE(run.wait_for_event(R"("to":"notifying")"));
  ASSERT_TRUE(run.wait_for_event(R"("to":"idle")"));
  const SimResult result = leave(run);
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre(kNotice));
  EXPECT_THAT(result.violations(), IsEmpty());
  EXPECT_TRUE(ctl_json(system, {"sessions"}).as_array().empty());
}

TEST_F(FirmwareTest, TheProposalsBuildSpeaksThoughItAnswersWithTheRequestsId) {
  System system({.workers = 1, .gateway_settings = {"say.notify_from=", "say.speak_request_from=2.4.0"}});
  SimRun run(system, {"--mac", kFirmwareMac, "--firmware", "pr1939", "--stay", "120"});
  ASSERT_TRUE(run.wait_for_event(R"("event":"stays")")) << run.finish(std::chrono::seconds(1)).told;
  EXPECT_EQ(say(system), R"({"how":"speak_request"})") << system.log();
  const SimResult result = leave(run);
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.replies(), ElementsAre(kNotice));
}

TEST_F(FirmwareTest, OldThingsAreToolsOfTheConversation) {
  System system({.workers = 1});
  const SimResult result = talk(system, {"--firmware", "1.7.x", "--text", "what time is it"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_FALSE(result.replies().empty());
  EXPECT_THAT(result.violations(), IsEmpty());
}

TEST_F(FirmwareTest, ThePythonClientTalksInShortFrames) {
  System system({.workers = 1});
  const SimResult result = talk(system, {"--firmware", "py-xiaozhi", "--say", "what can you do"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.transcripts(), Contains(HasSubstr("what can you do")));
}

}  // namespace
}  // namespace earshot::e2e
