#include "common/http/client_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

namespace earshot::http {
namespace {

using asio::ip::tcp;
using Step = ClientStream::Step;

class ClientStreamTest : public testing::Test {
 protected:
  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  void open(const std::string& port) {
    stream_.open("127.0.0.1", port, [this](const error_code& failure, Step step) {
      failure_ = failure;
      step_ = step;
    });
  }
  template <class Condition>
  bool await(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    io_.restart();  // it stops whenever it has nothing to do
    while (!condition() && io_.run_one_until(deadline) != 0) {
    }
    return condition();
  }

  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  ClientStream stream_{io_, Tls::kNone};
  std::optional<error_code> failure_;
  Step step_ = Step::kResolve;
};

TEST_F(ClientStreamTest, WritesAllOfASequenceWhateverItBeginsWith) {
  open(port());
  ASSERT_TRUE(await([&] { return failure_.has_value(); }));
  tcp::socket peer = acceptor_.accept();
  ASSERT_FALSE(*failure_) << failure_->message();

  std::array<asio::const_buffer, 12> pieces{};  // nine empty ones first: more than are taken at a time
  pieces[9] = asio::buffer("abc", 3);
  pieces[11] = asio::buffer("def", 3);
  std::size_t written = 0;
  asio::async_write(stream_, pieces, [&](const error_code&, std::size_t bytes) { written = bytes; });
  ASSERT_TRUE(await([&] { return written > 0; }));
  std::string received(6, ' ');
  asio::read(peer, asio::buffer(received));
  EXPECT_EQ(received, "abcdef");
}

TEST_F(ClientStreamTest, SaysWhichStepHasFailed) {
  const std::string nobody = port();
  acceptor_.close();
  open(nobody);
  ASSERT_TRUE(await([&] { return failure_.has_value(); }));
  EXPECT_EQ(*failure_, asio::error::connection_refused);
  EXPECT_EQ(step_, Step::kConnect);
}

TEST_F(ClientStreamTest, EndsWhatGoesOnWhenItIsClosed) {
  open(port());
  ASSERT_TRUE(await([&] { return failure_.has_value(); }));
  tcp::socket peer = acceptor_.accept();
  std::optional<error_code> ended;
  char byte = 0;
  stream_.async_read_some(asio::buffer(&byte, 1),
                          [&](const error_code& failure, std::size_t) { ended = failure; });
  stream_.close();
  stream_.close();
  ASSERT_TRUE(await([&] { return ended.has_value(); }));
  EXPECT_EQ(*ended, asio::error::operation_aborted);
}

// What a proxy answers to the request for a tunnel, and what it was asked.
class TunnelTest : public ClientStreamTest {
 protected:
  void open_through_proxy(const std::string& answer) {
    acceptor_.async_accept(peer_, [this, answer](const error_code&) {
      peer_.async_read_some(asio::buffer(scrap_), [this, answer](const error_code&, std::size_t bytes) {
        asked_.assign(scrap_.data(), bytes);
        asio::write(peer_, asio::buffer(answer));
      });
    });
    stream_.open(
        "speech.example.test", "443",
        [this](const error_code& failure, Step step) {
          failure_ = failure;
          step_ = step;
        },
        Proxy{.host = "127.0.0.1", .port = port(), .authorization = "Basic abc"});
    ASSERT_TRUE(await([&] { return failure_.has_value(); }));
  }

  tcp::socket peer_{io_};
  std::array<char, 512> scrap_{};
  std::string asked_;
};

TEST_F(TunnelTest, AsksTheProxyForTheHostAndIsThrough) {
  open_through_proxy("HTTP/1.1 200 Connection established\r\nVia: p\r\n\r\n");
  EXPECT_FALSE(*failure_) << failure_->message();
  EXPECT_EQ(asked_,
            "CONNECT speech.example.test:443 HTTP/1.1\r\nHost: speech.example.test:443\r\n"
            "Proxy-Authorization: Basic abc\r\n\r\n");
}

TEST_F(TunnelTest, SaysThatTheProxyRefuses) {
  open_through_proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  EXPECT_EQ(*failure_, asio::error::connection_refused);
  EXPECT_EQ(step_, Step::kProxy);
}

TEST_F(TunnelTest, TakesABoundedAnswer) {
  open_through_proxy("HTTP/1.1 200 " + std::string(20'000, 'x'));
  EXPECT_EQ(*failure_, asio::error::connection_refused);
}

}  // namespace
}  // namespace earshot::http
