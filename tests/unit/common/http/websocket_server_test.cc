// WebSockets of a server: byte by byte, and with the client of ours.
#include "common/http/websocket_server.h"

#include "common/http/websocket_client.h"
#include "tests/unit/common/http/websocket_fixture.h"

namespace earshot::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(WebSocketServerTest, EchoesMessagesWholeOrInPiecesAndAnswersPings) {
  echo();
  serve();
  const std::string frames = from_client(Opcode::kText, "a") + from_client(Opcode::kBinary, "b", false) +
                             from_client(Opcode::kPing, "p") + from_client(Opcode::kContinuation, "c") + kBye;
  EXPECT_EQ(talk(frames), from_server(Opcode::kText, "got a") + from_server(Opcode::kPong, "p") +
                              from_server(Opcode::kBinary, "got bc") + close_from_server(1000));
  EXPECT_THAT(closed_after(1), ElementsAre(std::pair(1000, "bye")));
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(places(), 0U);
}

TEST_F(WebSocketServerTest, WhatAPeerDoesWrongIsToldWithItsCode) {
  echo({.message_bytes = 1000});
  serve();
  const std::string unmasked = from_server(Opcode::kText, "hi");
  EXPECT_THAT(talk(unmasked), HasSubstr("\x03\xea"));
  EXPECT_THAT(talk(from_client(Opcode::kBinary, std::string(1001, 'x'))), HasSubstr("\x03\xf1"));
  EXPECT_THAT(talk(from_client(Opcode::kText, "\xff")), HasSubstr("\x03\xef"));
  const auto ends = closed_after(3);
  ASSERT_EQ(ends.size(), 3U);
  EXPECT_THAT(ends, ElementsAre(testing::Pair(1002, HasSubstr("masked")), testing::Pair(1009, testing::_),
                                testing::Pair(1007, testing::_)));
}

TEST_F(WebSocketServerTest, ABrokenOrHalfFrameIsTheEndWithoutAWord) {
  echo();
  serve();
  {
    RawClient client(server_->port());
    client.send(kUpgrade);
    client.read_until("\r\n\r\n");
    client.send(from_client(Opcode::kText, "half").substr(0, 7));
  }
  EXPECT_THAT(closed_after(1), ElementsAre(testing::Pair(1006, testing::_)));
  EXPECT_EQ(places(), 0U);
}

TEST_F(WebSocketServerTest, OurCloseComesBehindWhatIsQueuedAndIsToldOnce) {
  echo();
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade + std::string());
  client.read_until("\r\n\r\n");
  client.send(from_client(Opcode::kText, "a"));
  client.read_bytes(from_server(Opcode::kText, "got a").size());
  other_.run([this] {
    EXPECT_TRUE(socket().send_text("1"));
    EXPECT_TRUE(socket().send_text("2"));
    EXPECT_GT(socket().queued_bytes(), 0U);
    socket().close(4001, "enough");
    socket().close(4002, "again");
    EXPECT_FALSE(socket().send_text("3"));
    EXPECT_EQ(socket().peer(), "127.0.0.1");
  });
  const std::string wanted =
      from_server(Opcode::kText, "1") + from_server(Opcode::kText, "2") + close_from_server(4001, "enough");
  EXPECT_EQ(client.read_bytes(wanted.size()), wanted);
  client.send(from_client(Opcode::kText, "too late") + from_client(Opcode::kClose, "\x0f\xa1"));
  EXPECT_EQ(client.read_all(), "");
  EXPECT_THAT(closed_after(1), ElementsAre(std::pair(4001, "enough")));
}

TEST_F(WebSocketServerTest, WhoDoesNotAnswerOurCloseIsCutOff) {
  echo({.close_patience = Milliseconds(50)});
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  client.send(from_client(Opcode::kText, "a"));
  client.read_bytes(from_server(Opcode::kText, "got a").size());
  other_.run([this] { socket().close(1000, ""); });
  EXPECT_EQ(client.read_all(), close_from_server(1000));
  EXPECT_THAT(closed_after(1), ElementsAre(std::pair(1000, "")));
}

TEST_F(WebSocketServerTest, AReaderThatIsTooSlowIsClosedWith1008) {
  echo({.queued_bytes = 100'000, .close_patience = Milliseconds(50)});
  serve();
  RawClient client(server_->port());
  client.shrink_receive_buffer();
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  client.send(from_client(Opcode::kText, "a"));
  client.read_bytes(from_server(Opcode::kText, "got a").size());
  bool taken = true;
  for (int i = 0; taken && i < 10'000; ++i) {
    other_.run([&] {
      taken = socket().send_binary({}, as_bytes(std::string(10'000, 'x')));
      EXPECT_LE(socket().queued_bytes(), 100'200U);
    });
  }
  EXPECT_FALSE(taken);
  EXPECT_THAT(closed_after(1), ElementsAre(testing::Pair(1008, HasSubstr("not read"))));
}

TEST_F(WebSocketServerTest, ASilentPeerIsPingedAndThenTakenForDead) {
  echo({.ping_after = Milliseconds(30), .dead_after = Milliseconds(150)});
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  const auto came = client.read_all();
  EXPECT_THAT(came, StartsWith(from_server(Opcode::kPing, "")));
  EXPECT_THAT(closed_after(1), ElementsAre(testing::Pair(1006, HasSubstr("nothing came"))));
}

TEST_F(WebSocketServerTest, AnAnsweredPingKeepsItAlive) {
  echo({.ping_after = Milliseconds(20), .dead_after = Milliseconds(5000)});
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(client.read_bytes(2), from_server(Opcode::kPing, ""));
    client.send(from_client(Opcode::kPong, ""));
  }
  EXPECT_EQ(places(), 1U);
}

TEST_F(WebSocketServerTest, DestroyedItSaysGoodbyeBehindWhatIsQueuedAndTellsNobody) {
  echo();
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  client.read_until("\r\n\r\n");
  client.send(from_client(Opcode::kText, "a"));
  client.read_bytes(from_server(Opcode::kText, "got a").size());
  other_.run([this] {
    socket().send_text("last");
    sockets_.clear();
  });
  const std::string wanted = from_server(Opcode::kText, "last") + close_from_server(1001);
  EXPECT_EQ(client.read_bytes(wanted.size()), wanted);
  client.send(from_client(Opcode::kClose, "\x03\xe9"));
  EXPECT_EQ(client.read_all(), "");
  while (places() > 0) std::this_thread::yield();
  EXPECT_THAT(closed_, IsEmpty());
}

TEST_F(WebSocketServerTest, ItMayBeDestroyedFromWithinItsHandlersAndBeforeItIsOpen) {
  router_.websocket("/at_once", [this](PendingUpgrade upgrade) {
    upgrade.accept(other_.executor(), {}, {.on_open = [] { ADD_FAILURE() << "nobody listens"; }});
  });
  const auto kept = std::make_shared<std::shared_ptr<ServerWebSocket>>();
  router_.websocket("/on_text", [this, kept](PendingUpgrade upgrade) {
    *kept = upgrade.accept(other_.executor(), {},
                           {.on_text = [kept, copy = std::string(100, 'x')](std::string_view) {
                             kept->reset();
                             EXPECT_EQ(copy.size(), 100U);
                           }});
  });
  serve();
  for (const std::string path : {"/at_once", "/on_text"}) {
    RawClient client(server_->port());
    client.send("GET " + path + " HTTP/1.1\r\n" + kUpgradeLines + "\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
    client.send(from_client(Opcode::kText, "x"));
    EXPECT_EQ(client.read_bytes(4), close_from_server(1001));
  }
}

TEST_F(WebSocketServerTest, ItsThreadMayEndWhileSocketsAreInAnyState) {
  std::vector<PendingUpgrade> kept;
  router_.websocket("/kept", [&](PendingUpgrade upgrade) { kept.push_back(std::move(upgrade)); });
  echo();
  serve();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (const std::string path : {"/ws", "/ws", "/kept"}) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->send("GET " + path + " HTTP/1.1\r\n" + kUpgradeLines + "\r\n");
    if (path == "/ws") clients.back()->read_until("\r\n\r\n");
  }
  clients[0]->send(from_client(Opcode::kText, "a"));
  clients[0]->read_bytes(4);
  while (places() < 3) std::this_thread::yield();
  other_.run([this] { socket().close(1000, ""); });
  stop_serving();
  EXPECT_EQ(kept.size(), 1U);
  EXPECT_THAT(clients[2]->read_all(), "");
}

TEST_F(WebSocketServerTest, SpeaksWithAClientThatIsARealOne) {
  echo();
  serve();
  asio::io_context io{1};
  std::vector<std::string> seen;
  std::optional<WebSocketClosed> closed;
  WebSocketRequest request;
  request.url = "ws://127.0.0.1:" + std::to_string(server_->port()) + "/ws";
  std::unique_ptr<WebSocketClient> client;
  client = connect_websocket(io, request,
                             {.on_open = {},
                              .on_text =
                                  [&](std::string_view text) {
                                    seen.emplace_back(text);
                                    client->send_binary(as_bytes(std::string(60'000, 'b')));
                                  },
                              .on_binary =
                                  [&](ByteView bytes) {
                                    seen.emplace_back(std::to_string(bytes.size()));
                                    client->close();
                                  },
                              .on_closed = [&](const WebSocketClosed& end) { closed = end; }});
  client->send_text("a");
  io.run_for(std::chrono::seconds(10));
  EXPECT_THAT(seen, ElementsAre("got a", "60004"));
  EXPECT_FALSE(closed.has_value());
  EXPECT_THAT(closed_after(1), ElementsAre(std::pair(1000, "")));
}

}  // namespace
}  // namespace earshot::http
