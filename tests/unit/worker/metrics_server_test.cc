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
  MetricsServer server(io, {.host = "127.0.0.1", .port = 0}, [&asked](metrics::Page& page) {
    page.gauge("earshot_worker_conversations", "Open now.", {}, ++asked);
  });
  std::thread serving([&io] { io.run_for(std::chrono::seconds(10)); });
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const auto metrics = http::request("GET", url + "/metrics", {}, {}, Milliseconds(5000));
  const auto other = http::request("GET", url + "/healthz", {}, {}, Milliseconds(5000));
  io.stop();
  serving.join();
  ASSERT_TRUE(metrics.ok());
  EXPECT_EQ(metrics->status, 200);
  EXPECT_THAT(metrics->body, HasSubstr("earshot_worker_conversations 1\n"));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->status, 404);
}

TEST(MetricsServer, NamesTheSettingWhenItCannotBind) {
  asio::io_context io{1};
  const MetricsServer first(io, {.host = "127.0.0.1", .port = 0}, [](metrics::Page&) {});
  try {
    const MetricsServer second(io, {.host = "127.0.0.1", .port = first.port()}, [](metrics::Page&) {});
    FAIL() << "two servers at one port";
  } catch (const StartupError& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("metrics.listen"));
  }
}

}  // namespace
}  // namespace earshot::worker
