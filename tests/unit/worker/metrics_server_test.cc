#include "worker/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/base/startup_error.h"
#include "common/http/http_client.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;

TEST(MetricsServer, AnswersMetricsAndNothingElse) {
  asio::io_context io{1};
  int asked = 0;
  MetricsServer server(
      io, {.host = "127.0.0.1", .port = 0},
      [&asked](metrics::Page& page) { page.gauge("earshot_worker_conversations", "Open now.", {}, ++asked); },
      [] { return WorkerHealth{}; });
  std::thread serving([&io] { io.run_for(std::chrono::seconds(10)); });
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const auto metrics = http::request("GET", url + "/metrics", {}, {}, Milliseconds(5000));
  const auto other = http::request("GET", url + "/other", {}, {}, Milliseconds(5000));
  io.stop();
  serving.join();
  ASSERT_TRUE(metrics.ok());
  EXPECT_EQ(metrics->status, 200);
  EXPECT_THAT(metrics->body, HasSubstr("earshot_worker_conversations 1\n"));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->status, 404);
}

TEST(MetricsServer, IsReadyOnlyWithAGatewayAndUntilItStops) {
  asio::io_context io{1};
  WorkerHealth health;
  const MetricsServer server(
      io, {.host = "127.0.0.1", .port = 0}, [](metrics::Page&) {}, [&] { return health; });
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const auto status = [&](const char* path) {
    std::thread serving([&io] { io.run_for(std::chrono::seconds(10)); });
    const auto answer = http::request("GET", url + path, {}, {}, Milliseconds(5000));
    io.stop();
    serving.join();
    io.restart();
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status("/readyz"), 503);
  EXPECT_EQ(status("/livez"), 200) << "a worker that waits for its gateway lives";
  EXPECT_EQ(status("/healthz"), 200);
  health.links = 1;
  EXPECT_EQ(status("/readyz"), 200);
  health.stopping = true;
  EXPECT_EQ(status("/readyz"), 503);
  EXPECT_EQ(status("/livez"), 200);
}

TEST(MetricsServer, NamesTheSettingWhenItCannotBind) {
  asio::io_context io{1};
  const MetricsServer first(
      io, {.host = "127.0.0.1", .port = 0}, [](metrics::Page&) {}, [] { return WorkerHealth{}; });
  try {
    const MetricsServer second(
        io, {.host = "127.0.0.1", .port = first.port()}, [](metrics::Page&) {},
        [] { return WorkerHealth{}; });
    FAIL() << "two servers at one port";
  } catch (const StartupError& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("metrics.listen"));
  }
}

}  // namespace
}  // namespace earshot::worker
