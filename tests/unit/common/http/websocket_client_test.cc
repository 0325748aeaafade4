// The client against a real server on loopback; waits are bounded, events decide.
#include "common/http/websocket_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/fakes/fake_ws_server.h"

namespace earshot::http {
namespace {

using fakes::FakeFrame;
using fakes::FakeSocket;

class WebSocketClientTest : public testing::Test {
 protected:
  struct Seen {
    bool open = false;
    std::vector<std::string> text;
    std::vector<std::string> binary;
    std::optional<WebSocketClosed> closed;
  };
  WebSocketHandlers into(Seen& seen) {
    return {.on_open = [&] { seen.open = true; },
            .on_text = [&](std::string_view text) { seen.text.emplace_back(text); },
            .on_binary = [&](ByteView bytes) { seen.binary.emplace_back(as_text(bytes)); },
            .on_closed = [&](const WebSocketClosed& closed) { seen.closed = closed; }};
  }
  WebSocketRequest request() {
    WebSocketRequest made;
    made.url = server_.url("/asr?x=1");
    made.headers = {{"Authorization", "Token key"}};
    return made;
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();  // it ran out of work
      io_.run_one_for(Milliseconds(100));
    }
    ASSERT_TRUE(condition());
  }

  fakes::FakeWsServer server_;
  asio::io_context io_{1};
};

TEST_F(WebSocketClientTest, SpeaksTextAndBinaryBothWays) {
  server_.on_connection([](FakeSocket& socket) {
    for (int i = 0; i < 2; ++i) {
      const FakeFrame frame = socket.receive();
      if (frame.binary)
        socket.send_binary("got " + frame.data);
      else
        socket.send_text("got " + frame.data);
    }
    socket.receive();
  });
  Seen seen;
  const auto client = connect_websocket(io_, request(), into(seen));
  client->send_text("a");  // before it is open: queued
  client->send_binary(as_bytes("b"));
  run_until([&] { return seen.binary.size() == 1; });
  EXPECT_TRUE(seen.open);
  EXPECT_THAT(seen.text, testing::ElementsAre("got a"));
  EXPECT_THAT(seen.binary, testing::ElementsAre("got b"));
  const auto upgrade = server_.upgrades().at(0);
  EXPECT_EQ(upgrade.path, "/asr");
  EXPECT_EQ(upgrade.query, "x=1");
  EXPECT_EQ(upgrade.headers.at("authorization"), "Token key");
}

TEST_F(WebSocketClientTest, ARefusedUpgradeTellsStatusAndBody) {
  server_.refuse_with(401, R"({"code":"InvalidApiKey"})");
  Seen seen;
  const auto client = connect_websocket(io_, request(), into(seen));
  run_until([&] { return seen.closed.has_value(); });
  EXPECT_EQ(seen.closed->http_status, 401);
  EXPECT_EQ(seen.closed->body, R"({"code":"InvalidApiKey"})");
}

TEST_F(WebSocketClientTest, TheServersCloseCodeIsTold) {
  server_.on_connection([](FakeSocket& socket) { socket.close(1011, "idle"); });
  Seen seen;
  const auto client = connect_websocket(io_, request(), into(seen));
  run_until([&] { return seen.closed.has_value(); });
  EXPECT_EQ(seen.closed->close_code, 1011);
  EXPECT_EQ(seen.closed->close_reason, "idle");
}

TEST_F(WebSocketClientTest, AResetIsUnavailable) {
  server_.on_connection([](FakeSocket& socket) { socket.reset(); });
  Seen seen;
  const auto client = connect_websocket(io_, request(), into(seen));
  run_until([&] { return seen.closed.has_value(); });
  EXPECT_EQ(seen.closed->error.code, ErrorCode::kUnavailable);
}

TEST_F(WebSocketClientTest, CloseSendsWhatIsQueuedAndCallsNobodyAnyMore) {
  std::string last;
  server_.on_connection([&](FakeSocket& socket) {
    while (true) last = socket.receive().data;
  });
  Seen seen;
  const auto client = connect_websocket(io_, request(), into(seen));
  run_until([&] { return seen.open; });
  client->send_text("finish");
  client->close();
  run_until([&] { return !client->is_open(); });
  io_.run_for(std::chrono::milliseconds(200));
  EXPECT_EQ(last, "finish");
  EXPECT_FALSE(seen.closed.has_value());
}

TEST_F(WebSocketClientTest, AMessageBeyondTheLimitClosesWithTooLarge) {
  server_.on_connection([](FakeSocket& socket) {
    socket.send_text(std::string(5000, 'x'));
    socket.receive();
  });
  Seen seen;
  WebSocketRequest small = request();
  small.max_message_bytes = 1000;
  const auto client = connect_websocket(io_, small, into(seen));
  run_until([&] { return seen.closed.has_value(); });
  EXPECT_EQ(seen.closed->error.code, ErrorCode::kTooLarge);
}

TEST_F(WebSocketClientTest, BadUrlsAndAbsentServersAreErrors) {
  for (const auto& [url, code] : {std::pair{"http://x/", ErrorCode::kInvalid},
                                  {"ws://", ErrorCode::kInvalid},
                                  {"ws://127.0.0.1:1/", ErrorCode::kUnavailable}}) {
    Seen seen;
    WebSocketRequest bad = request();
    bad.url = url;
    const auto client = connect_websocket(io_, bad, into(seen));
    run_until([&] { return seen.closed.has_value(); });
    EXPECT_EQ(seen.closed->error.code, code) << url;
  }
}

TEST_F(WebSocketClientTest, DestroyingItCallsNobody) {
  Seen seen;
  connect_websocket(io_, request(), into(seen)).reset();
  io_.run_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(seen.open);
  EXPECT_FALSE(seen.closed.has_value());
}

}  // namespace
}  // namespace earshot::http
