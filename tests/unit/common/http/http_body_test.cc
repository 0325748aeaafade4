// Bodies that are not a text: files in pieces and ranges, and streams of events.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/http/event_feed.h"
#include "tests/unit/common/http/http_fixture.h"

namespace earshot::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kThenClose = "Host: x\r\nConnection: close\r\n\r\n";

class HttpFileTest : public HttpServerTest {
 protected:
  HttpFileTest() {
    std::filesystem::create_directories(folder_);
    for (std::size_t i = 0; i < 400'000; ++i) content_ += static_cast<char>('a' + i * 7 % 26);
    std::ofstream(folder_ / "image.bin", std::ios::binary) << content_;
    std::filesystem::create_symlink("/etc/passwd", folder_ / "link");
    router_.add("GET", "/files/{name}", [this](const Request& request, const Reply& reply) {
      Response response{.status = 200,
                        .content_type = "application/octet-stream",
                        .body = {},
                        .headers = {},
                        .file = FileBody{.path = folder_ / std::string(request.param("name"))}};
      response.headers.add("ETag", "\"abc\"");
      reply(response);
    });
    router_.add("GET", "/part", [this](const Request&, const Reply& reply) {
      reply({.status = 200,
             .content_type = "application/octet-stream",
             .body = {},
             .headers = {},
             .file = FileBody{.path = folder_ / "image.bin", .offset = 100, .length = 50}});
    });
    serve();
  }
  ~HttpFileTest() override {
    stop_serving();
    std::filesystem::remove_all(folder_);
  }
  std::string get(const std::string& headers, const std::string& path = "/files/image.bin",
                  const std::string& method = "GET") {
    return exchange(method + " " + path + " HTTP/1.1\r\n" + headers + kThenClose);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot_http_file_" + std::to_string(::getpid()));
  std::string content_;
};

TEST_F(HttpFileTest, AFileArrivesWholeWithItsLength) {
  const auto answer = get("");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 400000\r\n"));
  EXPECT_THAT(answer, HasSubstr("Accept-Ranges: bytes\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + content_));
}

TEST_F(HttpFileTest, ARangeIsAnsweredWithExactlyIt) {
  const auto middle = get("Range: bytes=131070-131080\r\n");
  EXPECT_THAT(middle, StartsWith("HTTP/1.1 206"));
  EXPECT_THAT(middle, HasSubstr("Content-Range: bytes 131070-131080/400000\r\n"));
  EXPECT_THAT(middle, EndsWith("\r\n\r\n" + content_.substr(131'070, 11)));
  EXPECT_TRUE(get("Range: bytes=399990-\r\n").ends_with("\r\n\r\n" + content_.substr(399'990)));
  EXPECT_TRUE(get("Range: bytes=-5\r\n").ends_with("\r\n\r\n" + content_.substr(399'995)));
}

TEST_F(HttpFileTest, ARangeBehindTheEndIs416) {
  const auto answer = get("Range: bytes=400000-\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 416"));
  EXPECT_THAT(answer, HasSubstr("Content-Range: bytes */400000\r\n"));
}

TEST_F(HttpFileTest, ARangeOfAnOlderFileGetsTheWholeNewOne) {
  EXPECT_THAT(get("Range: bytes=0-3\r\nIf-Range: \"old\"\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(get("Range: bytes=0-3\r\nIf-Range: \"abc\"\r\n"), StartsWith("HTTP/1.1 206"));
  EXPECT_THAT(get("If-None-Match: \"abc\"\r\n"), StartsWith("HTTP/1.1 304"));
}

TEST_F(HttpFileTest, APartOfAFileIsServedAsIfItWereAll) {
  EXPECT_TRUE(get("", "/part").ends_with("\r\n\r\n" + content_.substr(100, 50)));
  EXPECT_TRUE(get("Range: bytes=10-12\r\n", "/part").ends_with("\r\n\r\n" + content_.substr(110, 3)));
}

TEST_F(HttpFileTest, HeadTellsTheLengthOnly) {
  const auto answer = get("", "/files/image.bin", "HEAD");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 400000\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpFileTest, WhatIsNoRegularFileOfTheFolderIsRefused) {
  EXPECT_THAT(get("", "/files/missing"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(get("", "/files/link"), StartsWith("HTTP/1.1 404"));
  for (const char* path : {"/files/..", "/files/../../etc/passwd", "/files/%2e%2e", "/files/..%2f..%2fetc",
                           "/files/a%00b", "/files/%", "/files/%ff"}) {
    const auto answer = get("", path);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 404")) << path;
  }
}

TEST_F(HttpFileTest, AConnectionGoesOnAfterAFile) {
  const auto answers = exchange(
      "GET /part HTTP/1.1\r\nHost: x\r\n\r\nGET /part HTTP/1.1\r\nRange: bytes=0-0\r\n" + kThenClose);
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 206"));
}

class HttpEventsTest : public HttpServerTest {
 protected:
  HttpEventsTest() {
    router_.add("GET", "/events", [this](const Request&, const Reply& reply) {
      stream_ = std::make_shared<EventFeed>();
      stream_->on_closed([this] { closed_.set_value(); });
      stream_->send({.id = "1", .kind = "hello", .data = "{}"});
      reply({.status = 200, .content_type = {}, .body = {}, .headers = {}, .events = stream_});
    });
  }
  ~HttpEventsTest() override { stop_serving(); }

  std::shared_ptr<EventFeed> stream_;
  std::promise<void> closed_;
};

TEST_F(HttpEventsTest, EventsArriveAsTheyHappen) {
  serve();
  RawClient client(server_->port());
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.read_until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(client.read_until("\n\n"), "id: 1\nevent: hello\ndata: {}\n\n");
  asio::post(io_, [this] { stream_->send({.id = "2", .kind = "next", .data = "a\nb"}); });
  EXPECT_EQ(client.read_until("\n\n"), "id: 2\nevent: next\ndata: a\ndata: b\n\n");
  EXPECT_EQ(stats().event_streams, 1U);
  asio::post(io_, [this] { stream_->close(); });
  EXPECT_EQ(client.read_all(), "");
  closed_.get_future().wait();
  EXPECT_EQ(stats().event_streams, 0U);
}

TEST_F(HttpEventsTest, ASilentStreamSendsAHeartbeat) {
  serve({.heartbeat = Milliseconds(20)});
  RawClient client(server_->port());
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("data: {}\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
}

TEST_F(HttpEventsTest, AClientThatLeavesEndsItsStream) {
  serve();
  RawClient client(server_->port());
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("data: {}\n\n");
  client.close();
  closed_.get_future().wait();
}

TEST_F(HttpEventsTest, AClientThatDoesNotReadIsClosedAndCounted) {
  serve();
  RawClient client(server_->port());
  client.shrink_receive_buffer();
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("data: {}\n\n");
  const std::function<void()> flood = [this, &flood] {
    for (int i = 0; i < 16; ++i) {
      if (!stream_->send({.id = "", .kind = "flood", .data = std::string(8000, 'x')})) return;
    }
    asio::post(io_, flood);
  };
  asio::post(io_, flood);
  closed_.get_future().wait();
  EXPECT_EQ(stats().slow_streams, 1U);
}

TEST(EventFeedTest, HoldsNoMoreThanItsLimitAndClosesOnce) {
  EventFeed stream(100);
  int closed = 0;
  stream.on_closed([&closed] { ++closed; });
  EXPECT_TRUE(stream.send({.id = "1", .kind = "a", .data = "b"}));
  EXPECT_FALSE(stream.send({.id = "2", .kind = "a", .data = std::string(100, 'x')}));
  EXPECT_TRUE(stream.overran());
  EXPECT_FALSE(stream.send({.id = "3", .kind = "a", .data = "b"}));
  stream.close();
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(stream.take(), "id: 1\nevent: a\ndata: b\n\n");
  stream.on_closed([&closed] { ++closed; });
  EXPECT_EQ(closed, 2);
}

TEST(EventFeedTest, ALineBreakInAnEventCannotForgeAnother) {
  EXPECT_EQ(encode({.id = "1\nevent: x", .kind = "a\r\n\r\ndata: y", .data = "b\r"}),
            "id: 1event: x\nevent: adata: y\ndata: b\n\n");
}

}  // namespace
}  // namespace earshot::http
