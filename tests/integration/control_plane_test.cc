// The control plane as app.cc makes it: what its parts put into the router together.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "gateway/api/openapi.h"
#include "gateway/app/control_plane.h"

namespace earshot::gateway {
namespace {

class ControlPlaneTest : public testing::Test {
 protected:
  ControlPlaneTest() {
    std::filesystem::create_directories(folder_);
    config_.data_dir = folder_;
    config_.workers.listen = {*ipc::parse_endpoint("unix:" + (folder_ / "workers.sock").string())};
    plane_.emplace(io_, config_, key_, clock_, shards_, router_);
    plane_->offer_talk(
        [](const std::string&, const std::string&) { return std::pair(Secret("ek_x"), std::int64_t{0}); });
    plane_->start();
  }
  ~ControlPlaneTest() override {
    plane_->stop();
    plane_.reset();
    std::filesystem::remove_all(folder_);
  }
  http::Response call(const std::string& method, const std::string& path) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.peer = "192.0.2.1";
    http::Response answer;
    router_.handle(request, [&answer](http::Response response) { answer = std::move(response); });
    return answer;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot_control_plane_" + std::to_string(::getpid()));
  SystemClock clock_;
  asio::io_context io_{1};
  GatewayConfig config_;
  Secret key_{"a key of devices"};
  const Shards shards_;
  http::Router router_;
  std::optional<ControlPlane> plane_;
};

TEST_F(ControlPlaneTest, EveryDocumentedOperationIsServedAndAsksWhoIsThere) {
  const auto document = json::parse_object(api::openapi_document(), 4 << 20);
  ASSERT_TRUE(document.ok());
  for (const auto& path : document->at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      if (operation.value().at("x-scope").as_string() == "none") continue;
      std::string method(operation.key());
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      // A name in braces is as good as any other.
      const auto answer = call(method, std::string(path.key()));
      EXPECT_EQ(answer.status, 401) << method << " " << path.key() << ": " << answer.body;
    }
  }
}

}  // namespace
}  // namespace earshot::gateway
