// What gateway and worker answer Prometheus is what docs/metrics.md promises.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "common/http/http_client.h"
#include "tests/e2e/sim_run.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

void keep_page(std::uint16_t port, const std::string& file) {
  const auto page = http::request("GET", "http://127.0.0.1:" + std::to_string(port) + "/metrics", {}, {},
                                  Milliseconds(10'000));
  ASSERT_TRUE(page.ok()) << page.error().message;
  std::ofstream(file) << page->body;
}

TEST(MetricsNames, AreThoseOfThePageAfterATurn) {
  const std::uint16_t worker_port = free_ports();
  const System system(
      {.workers = 1, .gateway_settings = {"metrics.first_worker_port=" + std::to_string(worker_port)}});
  ASSERT_EQ(talk(system, {"--say", "set the volume to fifty percent"}).exit_code, 0);
  const std::string gateway = system.data() + "/gateway.metrics";
  const std::string worker = system.data() + "/worker.metrics";
  keep_page(system.http_port(), gateway);
  keep_page(worker_port, worker);
  const std::string check =
      std::string(EARSHOT_SOURCE_DIR) + "/tests/deploy/observability_test.py " + gateway + " " + worker;
  const int status = std::system(check.c_str());  // NOLINT(cert-env33-c): our own script and folder
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "python3-yaml is not installed";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace earshot::e2e
