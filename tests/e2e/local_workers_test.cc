// The workers that the gateway starts itself: as many as the load asks for; and what it reads again while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;

TEST(LocalWorkersTest, AFullWorkerIsJoinedByAnother) {
  System::Options options;
  options.workers = 1;
  options.worker_config = "engine: echo\ncapacity: 1\n";
  options.gateway_settings = {"workers.spawn=auto", "workers.spawn_least=1", "workers.spawn_most=2"};
  System system(options);
  const std::string folder = scratch_folder();
  // Two talk, and one finds room at once.
  ChildProcess talkers(
      {binary("earshot-sim"), "load", "--ota", system.ota_url(), "--devices", "2", "--seconds", "5"},
      folder + "/out", folder + "/log");
  const bool both = talkers.wait(std::chrono::seconds(100)).value_or(-1) == 0;
  EXPECT_TRUE(both) << talkers.output() << talkers.errors() << system.log();
  EXPECT_THAT(system.log(), HasSubstr("another worker starts"));
  EXPECT_EQ(ctl_json(system, {"workers"}).as_array().size(), 2U);
}

TEST(LocalWorkersTest, TheConfigurationIsReadAgainOrRefusedWithItsFault) {
  System::Options options;
  options.workers = 1;
  options.gateway_config = "session: {idle_timeout_ms: 60000}\n";
  System system(options);
  std::ofstream(system.gateway_config()) << "session: {idle_timeout_ms: 50000}\nrealtime: {enabled: false}\n";
  const CtlResult done = ctl(system, {"reload"});
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_THAT(done.output, HasSubstr("in force now: session.idle_timeout_ms"));
  EXPECT_THAT(done.output, HasSubstr("only after a restart: realtime.enabled"));

  std::ofstream(system.gateway_config()) << "session: {idle_timeout: soon}\n";
  const CtlResult refused = ctl(system, {"reload"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("gateway.yaml:1"));
  EXPECT_THAT(refused.errors, HasSubstr("idle_timeout"));
  EXPECT_EQ(system.health().at("status"), "ready");
}

}  // namespace
}  // namespace earshot::e2e
