// What clients do wrong, slowly or too often, byte by byte against a real server.
#include "tests/unit/common/http/http_fixture.h"

namespace earshot::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using HttpConnectionTest = HttpServerTest;

const std::string kClose = "Host: x\r\nConnection: close\r\n\r\n";

TEST_F(HttpConnectionTest, OneConnectionServesManyRequestsAlsoSentAhead) {
  router_.add("GET", "/a", says("first"));
  router_.add("GET", "/b", says("second"));
  serve();
  const auto answers = exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n" + kClose);
  EXPECT_THAT(answers, HasSubstr("first"));
  EXPECT_THAT(answers, EndsWith("second"));
}

TEST_F(HttpConnectionTest, ASecondReplyDoesNotAnswerTheNextRequest) {
  Reply kept;
  router_.add("GET", "/twice", [&kept](const Request&, const Reply& reply) {
    kept = reply;
    reply({.status = 200, .content_type = "text/plain", .body = "once", .headers = {}});
  });
  router_.add("GET", "/next", [&kept](const Request&, const Reply& reply) {
    kept({.status = 200, .content_type = "text/plain", .body = "stray", .headers = {}});
    reply({.status = 200, .content_type = "text/plain", .body = "mine", .headers = {}});
  });
  serve();
  const auto answers = exchange("GET /twice HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\n" + kClose);
  EXPECT_THAT(answers, Not(HasSubstr("stray")));
  EXPECT_THAT(answers, EndsWith("mine"));
}

TEST_F(HttpConnectionTest, ARequestThatTricklesInIsTold408AtTheDeadline) {
  router_.add("GET", "/", says(""));
  serve({.request_deadline = Milliseconds(60)});
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nHost: "), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\n" + kClose), StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(stats().timeouts, 1U);
}

TEST_F(HttpConnectionTest, ABodyThatDoesNotComeIsTold408) {
  router_.add("POST", "/", says(""));
  serve({.request_deadline = Milliseconds(60)});
  const auto answer = exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(answer, HasSubstr(R"("code":"timeout")"));
}

TEST_F(HttpConnectionTest, ASilentConnectionIsClosedWithoutAWord) {
  serve({.request_deadline = Milliseconds(60)});
  EXPECT_EQ(exchange(""), "");
  EXPECT_EQ(stats().timeouts, 0U);
}

TEST_F(HttpConnectionTest, EachRouteLimitsItsOwnBodyBeforeItIsRead) {
  bool called = false;
  router_.add("POST", "/small", [&called](const Request&, const Reply&) { called = true; },
              {.body_bytes = 10});
  router_.add("POST", "/large", says("took it"), {.body_bytes = 200'000});
  serve();
  // Only the head is sent: the refusal does not wait for the body.
  EXPECT_THAT(exchange("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(exchange("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(exchange("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                       "chunked\r\n\r\nf\r\n123456789012345\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_FALSE(called);
  EXPECT_THAT(
      exchange("POST /large HTTP/1.1\r\nContent-Length: 150000\r\n" + kClose + std::string(150'000, 'x')),
      EndsWith("took it"));
}

TEST_F(HttpConnectionTest, ABodyOfAnotherMediaTypeIs415AndParametersDoNotMatter) {
  router_.add("POST", "/", says("fine"), {.media_type = "application/json"});
  serve();
  const auto post = [this](const std::string& type) {
    return exchange("POST / HTTP/1.1\r\n" + type + "Content-Length: 2\r\n" + kClose + "{}");
  };
  EXPECT_THAT(post("Content-Type: text/plain\r\n"), StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(post(""), StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(post("Content-Type: Application/JSON ; charset=utf-8\r\n"), EndsWith("fine"));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\n" + kClose), EndsWith("fine"));
}

TEST_F(HttpConnectionTest, ARouteRefusesStrangersByTheHeadAlone) {
  router_.add("PUT", "/", says(""), {.admit = [](const Request& head) -> std::optional<Response> {
                if (head.headers.find("Authorization") == "Bearer x") return std::nullopt;
                return json_error(401, "log in first");
              }});
  serve();
  EXPECT_THAT(exchange("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"),
              StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(exchange("PUT / HTTP/1.1\r\nAuthorization: Bearer x\r\n" + kClose), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpConnectionTest, AClientThatAsksFirstIsToldToContinueOrRefused) {
  router_.add("POST", "/", says("got it"), {.body_bytes = 4});
  serve();
  RawClient client(server_->port());
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" + kClose);
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  client.send("1234");
  EXPECT_THAT(client.read_all(), EndsWith("got it"));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + kClose),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpConnectionTest, HeadTellsWhatGetWouldWithoutABody) {
  router_.add("GET", "/", says("12345"));
  serve();
  const auto answer = exchange("HEAD / HTTP/1.1\r\n" + kClose);
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpConnectionTest, EveryAnswerCarriesTheSecurityHeaders) {
  router_.add("GET", "/page", [](const Request&, const Reply& reply) {
    Response page{.status = 200, .content_type = "text/html; charset=utf-8", .body = "<p>", .headers = {}};
    page.headers.add("Cache-Control", "no-cache");
    reply(page);
  });
  serve();
  for (const char* path : {"/page", "/nothing", "/%zz"}) {
    const auto answer = exchange("GET " + std::string(path) + " HTTP/1.1\r\n" + kClose);
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n")) << path;
    EXPECT_THAT(answer, HasSubstr("Referrer-Policy: no-referrer\r\n")) << path;
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src '")) << path;
    EXPECT_THAT(answer, Not(HasSubstr("unsafe"))) << path;
  }
  EXPECT_THAT(exchange("GET /page HTTP/1.1\r\n" + kClose), HasSubstr("Cache-Control: no-cache\r\n"));
  EXPECT_THAT(exchange("GET /nothing HTTP/1.1\r\n" + kClose), HasSubstr("Cache-Control: no-store\r\n"));
}

TEST_F(HttpConnectionTest, AHeaderValueWithALineBreakIsNotSent) {
  router_.add("GET", "/", [](const Request&, const Reply& reply) {
    Response response{.status = 200, .content_type = "text/plain", .body = "", .headers = {}};
    response.headers.add("X-Name", "a\r\nSet-Cookie: stolen=1");
    reply(response);
  });
  serve();
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\n" + kClose), Not(HasSubstr("stolen")));
}

TEST_F(HttpConnectionTest, OneAddressCannotTakeAllPlaces) {
  router_.add("GET", "/", says("here"));
  serve({.connections_per_peer = 2, .count_loopback = true});
  RawClient first(server_->port());
  RawClient second(server_->port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(first.read_until("here"), EndsWith("here"));
  EXPECT_THAT(second.read_until("here"), EndsWith("here"));
  RawClient third(server_->port());
  EXPECT_EQ(third.read_all(), "");
  EXPECT_EQ(stats().refused_connections, 1U);
}

TEST_F(HttpConnectionTest, OnlyATrustedProxyIsBelievedWhoTheClientIs) {
  const auto tells_peer = [](const Request& request, const Reply& reply) {
    reply({.status = 200,
           .content_type = "text/plain",
           .body = request.peer + (request.secure ? " secure" : " plain") +
                   (request.from_this_host ? " near" : " far"),
           .headers = {}});
  };
  router_.add("GET", "/", tells_peer);
  const std::string forged =
      "GET / HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n" + kClose;
  serve();
  EXPECT_THAT(exchange(forged), EndsWith("127.0.0.1 plain near"));

  asio::io_context io;
  Server behind(io, "127.0.0.1", 0, "http.port", router_,
                {.trusted_proxies = *TrustedProxies::parse({"127.0.0.1"})});
  std::thread thread([&io] { io.run(); });
  RawClient client(behind.port());
  client.send(forged);
  EXPECT_THAT(client.read_all(), EndsWith("192.0.2.7 secure far"));
  asio::post(io, [&behind] { behind.stop(); });
  thread.join();
}

TEST_F(HttpConnectionTest, AnUnchangedAnswerIs304) {
  router_.add("GET", "/", [](const Request&, const Reply& reply) {
    Response response{.status = 200, .content_type = "text/css", .body = "body{}", .headers = {}};
    response.headers.add("ETag", "\"v1\"");
    reply(response);
  });
  serve();
  const auto same = exchange("GET / HTTP/1.1\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n" + kClose);
  EXPECT_THAT(same, StartsWith("HTTP/1.1 304"));
  EXPECT_THAT(same, Not(HasSubstr("body{}")));
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nIf-None-Match: \"v0\"\r\n" + kClose), EndsWith("body{}"));
}

TEST_F(HttpConnectionTest, AHandlerIsToldWhetherItsAnswerWasTakenWhole) {
  std::promise<bool> small;
  std::promise<bool> large;
  const auto answers = [](std::size_t bytes, std::promise<bool>& told) {
    return [bytes, &told](const Request&, const Reply& reply) {
      Response response{
          .status = 200, .content_type = "text/plain", .body = std::string(bytes, 'x'), .headers = {}};
      response.on_sent = [&told](bool whole) { told.set_value(whole); };
      reply(std::move(response));
    };
  };
  router_.add("GET", "/small", answers(5, small));
  router_.add("GET", "/large", answers(64 * 1024 * 1024, large));  // more than any socket's buffers
  serve();
  EXPECT_THAT(exchange("GET /small HTTP/1.1\r\n" + kClose), EndsWith("xxxxx"));
  EXPECT_TRUE(small.get_future().get());
  RawClient leaves(server_->port());
  leaves.send("GET /large HTTP/1.1\r\n" + kClose);
  leaves.read_bytes(1000);
  leaves.close();
  EXPECT_FALSE(large.get_future().get());
}

}  // namespace
}  // namespace earshot::http
