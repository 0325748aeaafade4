// Server and client speak to each other over loopback: the claims are about limits, errors and routing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/base/startup_error.h"
#include "common/http/http_client.h"
#include "common/http/http_server.h"

namespace earshot::http {
namespace {

using testing::HasSubstr;

constexpr Milliseconds kTimeout{5000};

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    router_.add("POST", "/echo",
                [](const Request& request, const Reply& reply) {
                  reply({.status = 200,
                         .content_type = "text/plain",
                         .body = std::string(request.headers.find("device-id")) + "|" + request.query + "|" +
                                 request.body,
                         .headers = {}});
                },
                {.body_bytes = 1000});
    router_.add("GET", "/later", [this](const Request&, const Reply& reply) {
      asio::post(io_, [reply] {
        reply({.status = 200, .content_type = "text/plain", .body = "later", .headers = {}});
      });
    });
    router_.add("GET", "/throws", [](const Request&, const Reply&) { throw std::runtime_error("boom"); });
    router_.add("GET", "/never", [](const Request&, const Reply&) {});
    server_.emplace(io_, "127.0.0.1", std::uint16_t{0}, "http.port", router_,
                    ServerLimits{.header_bytes = 2048, .connections = 4, .request_deadline = kTimeout});
    base_ = "http://127.0.0.1:" + std::to_string(server_->port());
    thread_ = std::thread([this] { io_.run(); });
  }
  ~HttpTest() override {
    asio::post(io_, [this] { server_->stop(); });
    thread_.join();
  }

  Result<Response> get(const std::string& path) { return request("GET", base_ + path, {}, "", kTimeout); }

  asio::io_context io_{1};
  Router router_;
  std::optional<Server> server_;
  std::string base_;
  std::thread thread_;
};

TEST_F(HttpTest, AHandlerSeesHeadersInAnyCaseQueryAndBody) {
  Headers headers;
  headers.add("Device-Id", "aa:bb");
  const auto answer = http_post(base_ + "/echo?x=1", headers, "hello", kTimeout);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "aa:bb|x=1|hello");
}

TEST_F(HttpTest, AnAnswerMayComeLater) {
  EXPECT_EQ(get("/later")->body, "later");
}

TEST_F(HttpTest, FaultsAreJsonErrorsWithTheRightStatus) {
  EXPECT_EQ(get("/nothing")->status, 404);
  EXPECT_EQ(get("/echo")->status, 405);
  EXPECT_EQ(get("/echo")->headers.find("allow"), "POST");
  EXPECT_EQ(get("/throws")->status, 500);
  EXPECT_EQ(get("/throws")->body, R"({"error":{"code":"internal","message":"internal error"}})");
  EXPECT_EQ(http_post(base_ + "/echo", {}, std::string(1001, 'x'), kTimeout)->status, 413);
  Headers large;
  large.add("X-Large", std::string(4000, 'x'));
  EXPECT_EQ(http_post(base_ + "/echo", large, "", kTimeout)->status, 431);
}

TEST_F(HttpTest, NonsenseIsAnswered400AndCounted) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::make_address("127.0.0.1"), server_->port()});
  asio::write(socket, asio::buffer(std::string("\x16\x03\x01 not http\r\n\r\n")));
  std::string answer;
  error_code failure;
  asio::read(socket, asio::dynamic_buffer(answer), failure);
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 400"));
  EXPECT_EQ(get("/later")->status, 200);
}

TEST_F(HttpTest, ConnectionsBeyondTheLimitAreClosedAndTheRestWork) {
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> idle;
  for (int i = 0; i < 4; ++i) {
    idle.emplace_back(io).connect({asio::ip::make_address("127.0.0.1"), server_->port()});
  }
  EXPECT_FALSE(get("/later").ok());
  idle.clear();
  Result<Response> answer = get("/later");
  for (int i = 0; i < 100 && !answer.ok(); ++i) answer = get("/later");  // until the closed ones were noticed
  EXPECT_TRUE(answer.ok());
}

TEST_F(HttpTest, AHandlerThatNeverAnswersIsLeftBehindAtStop) {
  const auto answer = request("GET", base_ + "/never", {}, "", Milliseconds(50));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
}

TEST_F(HttpTest, ABusyPortIsAClearStartupError) {
  asio::io_context io;
  try {
    Server second(io, "127.0.0.1", server_->port(), "http.port", router_);
    FAIL() << "bound twice";
  } catch (const StartupError& error) {
    EXPECT_EQ(error.code(), ExitCode::kBind);
    EXPECT_THAT(error.what(), HasSubstr("http.port"));
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(server_->port())));
  }
}

}  // namespace
}  // namespace earshot::http
