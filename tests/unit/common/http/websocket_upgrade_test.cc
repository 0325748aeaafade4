// The request for a WebSocket: what is granted, refused or left to the other routes.
#include "tests/unit/common/http/websocket_fixture.h"

namespace earshot::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using WebSocketUpgradeTest = WebSocketServerTest;

TEST_F(WebSocketUpgradeTest, AnswersTheHandshakeAsTheRfcShowsIt) {
  echo();
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  const auto answer = client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Protocol:")));
}

TEST_F(WebSocketUpgradeTest, HeadersMatchInAnyCaseAndAsLists) {
  echo();
  serve();
  for (const std::string& lines :
       {std::string("connection: keep-alive, upgrade\r\nUPGRADE: WebSocket\r\n"),
        std::string("Connection: keep-alive\r\nConnection: Upgrade\r\nupgrade: h2c, websocket\r\n")}) {
    RawClient client(server_->port());
    client.send("GET /ws HTTP/1.1\r\n" + lines +
                "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101")) << lines;
  }
}

TEST_F(WebSocketUpgradeTest, TellsTheSubprotocolOnlyToWhoOfferedIt) {
  echo({}, "chat");
  serve();
  RawClient with(server_->port());
  with.send("GET /ws HTTP/1.1\r\n" + kUpgradeLines + "Sec-WebSocket-Protocol: other, chat\r\n\r\n");
  EXPECT_THAT(with.read_until("\r\n\r\n"), HasSubstr("Sec-WebSocket-Protocol: chat\r\n"));
  RawClient without(server_->port());
  without.send(kUpgrade);
  EXPECT_THAT(without.read_until("\r\n\r\n"), Not(HasSubstr("Protocol:")));
}

TEST_F(WebSocketUpgradeTest, RefusesWhatIsNoProperHandshake) {
  echo();
  serve();
  const auto with = [this](const std::string& lines, const std::string& body = "") {
    RawClient client(server_->port());
    client.send("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n" + lines + "\r\n" +
                body);
    return client.read_until("\r\n\r\n");
  };
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  EXPECT_THAT(with(key + "Sec-WebSocket-Version: 8\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 426"), HasSubstr("Sec-WebSocket-Version: 13")));
  EXPECT_THAT(with(key), StartsWith("HTTP/1.1 426"));
  EXPECT_THAT(with(version), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(with(version + "Sec-WebSocket-Key: c2hvcnQ=\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(with(version + key + "Content-Length: 1\r\n", "x"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(with(version + key, from_client(Opcode::kText, "early")), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(exchange("GET /ws HTTP/1.1\r\nConnection: close\r\n\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 426"), HasSubstr("Upgrade: websocket")));
  EXPECT_THAT(exchange("POST /ws HTTP/1.1\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(opened_, 0);
  EXPECT_EQ(places(), 0U);
}

TEST_F(WebSocketUpgradeTest, WhereNoneIsOfferedTheOtherRoutesAnswerAndItIsCounted) {
  router_.add("GET", "/plain", says("plain"));
  serve();
  EXPECT_THAT(exchange("GET /plain HTTP/1.1\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n"),
              testing::EndsWith("plain"));
  EXPECT_THAT(exchange("GET /no HTTP/1.1\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n"),
              StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(stats().unwanted_upgrades, 2U);
}

TEST_F(WebSocketUpgradeTest, AnywhereIsWhatHasNoOtherRoute) {
  router_.add("GET", "/plain", says("plain"));
  router_.websocket("/named/{name}", [](PendingUpgrade upgrade) {
    upgrade.refuse(409, "hello " + std::string(upgrade.request().param("name")));
  });
  router_.websocket_anywhere([](PendingUpgrade upgrade) {
    upgrade.refuse(403, "anywhere " + upgrade.request().path + " " + *upgrade.request().query_value("q"));
  });
  serve();
  const auto ask = [this](const std::string& path) {
    RawClient client(server_->port());
    client.send("GET " + path + " HTTP/1.1\r\n" + kUpgradeLines + "\r\n");
    return client.read_until("}}");
  };
  EXPECT_THAT(ask("/some/where?q=7"), HasSubstr("anywhere /some/where 7"));
  EXPECT_THAT(ask("/?q=8"), HasSubstr("anywhere / 8"));
  EXPECT_THAT(ask("/named/a%20b"), testing::AllOf(StartsWith("HTTP/1.1 409"), HasSubstr("hello a b")));
  EXPECT_THAT(exchange("GET /plain HTTP/1.1\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n"),
              testing::EndsWith("plain"));
}

TEST_F(WebSocketUpgradeTest, ARefusedClientMayAskAgainOnTheSameConnection) {
  router_.websocket("/ws", [](PendingUpgrade upgrade) { upgrade.refuse(401, "who?"); });
  router_.add("GET", "/plain", says("plain"));
  serve();
  RawClient client(server_->port());
  client.send(kUpgrade);
  EXPECT_THAT(client.read_until("}}"), StartsWith("HTTP/1.1 401"));
  client.send("GET /plain HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), testing::EndsWith("plain"));
}

TEST_F(WebSocketUpgradeTest, WhoIsForgottenOrNotDecidedInTimeIsTold503) {
  std::vector<PendingUpgrade> kept;
  router_.websocket("/dropped", [](PendingUpgrade) {});
  router_.websocket("/throws", [](PendingUpgrade) { throw std::runtime_error("no"); });
  router_.websocket("/kept", [&](PendingUpgrade upgrade) { kept.push_back(std::move(upgrade)); });
  serve({.request_deadline = Milliseconds(80)});
  for (const std::string path : {"/dropped", "/throws", "/kept"}) {
    RawClient client(server_->port());
    client.send("GET " + path + " HTTP/1.1\r\n" + kUpgradeLines + "\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 503")) << path;
  }
  // Accepted after all: it was over before it began.
  std::promise<void> told;
  asio::post(io_, [&] {
    accept(std::move(kept.at(0)), {});
    kept.clear();
    told.set_value();
  });
  told.get_future().wait();
  EXPECT_THAT(closed_after(1), ElementsAre(testing::Pair(1006, testing::_)));
  EXPECT_EQ(opened_, 0);
}

TEST_F(WebSocketUpgradeTest, PlacesAreLimitedInAllAndOfOneAddress) {
  echo();
  serve({.count_loopback = true, .websockets = 10, .websockets_per_peer = 2});
  std::vector<std::unique_ptr<RawClient>> open;
  for (int i = 0; i < 2; ++i) {
    open.push_back(std::make_unique<RawClient>(server_->port()));
    open.back()->send(kUpgrade);
    EXPECT_THAT(open.back()->read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  }
  RawClient third(server_->port());
  third.send(kUpgrade);
  EXPECT_THAT(third.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 503"));
  open.pop_back();
  closed_after(1);
  third.send(kUpgrade);
  third.read_until("}}");
  EXPECT_THAT(third.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
}

TEST_F(WebSocketUpgradeTest, AThousandHalfOpenHandshakesTakeNoPlaceOfASocketAndAreSentAway) {
  echo();
  serve({.connections = 1001, .websockets = 1, .request_deadline = Milliseconds(1500)});
  std::vector<std::unique_ptr<RawClient>> strangers;
  for (int i = 0; i < 1000; ++i) {
    strangers.push_back(std::make_unique<RawClient>(server_->port()));
    strangers.back()->send(kUpgrade.substr(0, kUpgrade.size() - 2));
  }
  EXPECT_EQ(places(), 0U);
  EXPECT_THAT(talk(kBye), close_from_server(1000));
  for (const auto& stranger : strangers) EXPECT_THAT(stranger->read_all(), StartsWith("HTTP/1.1 408"));
}

}  // namespace
}  // namespace earshot::http
