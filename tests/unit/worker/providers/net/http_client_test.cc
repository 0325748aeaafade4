// The client against a real server on loopback that plays each fault; waits are bounded, events decide.
#include "worker/providers/net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/fakes/fake_http_server.h"

namespace earshot::worker {
namespace {

using fakes::FakeAnswer;
using fakes::FakeFault;
using fakes::FakeRequest;
using testing::HasSubstr;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    server_.on("POST", "/echo", [](const FakeRequest& request, FakeAnswer& answer) {
      answer.head(200, "Text/Plain; charset=utf-8");
      answer.send(request.headers.at("authorization") + "|" + request.body);
    });
    server_.on("GET", "/long", [](const FakeRequest&, FakeAnswer& answer) {
      answer.head(200, "application/octet-stream");
      for (int i = 0; i < 100; ++i) answer.send(std::string(1000, 'x'));
    });
  }

  template <class Change>
  void set_fault(Change&& change) {
    FakeFault fault;
    change(fault);
    server_.set_fault(std::move(fault));
  }

  struct Outcome {
    std::optional<HttpHead> head;
    std::string body;
    std::optional<Result<HttpHead>> done;
    int pieces = 0;
  };

  HttpCall call(const std::string& method, const std::string& path) {
    HttpCall made;
    made.method = method;
    made.url = server_.url(path);
    made.headers = {{"Authorization", "Bearer key"}};
    made.deadlines = {.connect = Milliseconds(2000),
                      .first_byte = Milliseconds(2000),
                      .stall = Milliseconds(2000),
                      .total = Milliseconds(10000)};
    return made;
  }
  HttpCallbacks into(Outcome& outcome) {
    return {.on_head = [&](const HttpHead& head) { outcome.head = head; },
            .on_data =
                [&](std::string_view piece) {
                  outcome.body += piece;
                  ++outcome.pieces;
                },
            .on_done = [&](Result<HttpHead> result) { outcome.done = std::move(result); }};
  }
  Outcome run(HttpCall made) {
    Outcome outcome;
    const auto stream = client_.start(std::move(made), into(outcome));
    run_until([&] { return outcome.done.has_value(); });
    return outcome;
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

  fakes::FakeHttpServer server_;
  asio::io_context io_{1};
  HttpClient client_{io_};
};

TEST_F(HttpClientTest, SendsHeadersAndBodyAndStreamsTheAnswer) {
  HttpCall made = call("POST", "/echo");
  made.body = "hello";
  const Outcome outcome = run(std::move(made));
  ASSERT_TRUE(outcome.done->ok());
  EXPECT_EQ(outcome.head->status, 200);
  EXPECT_EQ(outcome.head->content_type, "text/plain");
  EXPECT_EQ(outcome.body, "Bearer key|hello");
}

TEST_F(HttpClientTest, OneByteChunksArriveWhole) {
  set_fault([](FakeFault& fault) { fault.one_byte_chunks = true; });
  HttpCall made = call("POST", "/echo");
  made.body = "hello";
  EXPECT_EQ(run(std::move(made)).body, "Bearer key|hello");
}

TEST_F(HttpClientTest, AStatusIsAnAnswerNotAnError) {
  set_fault([](FakeFault& fault) {
    fault.status = 429;
    fault.body = R"({"error":{}})";
  });
  const Outcome outcome = run(call("POST", "/echo"));
  ASSERT_TRUE(outcome.done->ok());
  EXPECT_EQ(outcome.head->status, 429);
  EXPECT_EQ(outcome.head->retry_after, "2");
}

TEST_F(HttpClientTest, NobodyThereIsUnavailableAndASlowServerATimeout) {
  HttpCall nobody = call("GET", "/");
  nobody.url = "http://127.0.0.1:1/";
  EXPECT_EQ(run(std::move(nobody)).done->error().code, ErrorCode::kUnavailable);

  set_fault([](FakeFault& fault) { fault.first_byte_delay = fakes::Delay(5000); });
  HttpCall slow = call("POST", "/echo");
  slow.deadlines.first_byte = Milliseconds(50);
  EXPECT_EQ(run(std::move(slow)).done->error().code, ErrorCode::kTimeout);
}

TEST_F(HttpClientTest, AStallATruncationAndAResetEndWithAnErrorAfterWhatCame) {
  set_fault([](FakeFault& fault) { fault.stall_after = 500; });
  HttpCall stalled = call("GET", "/long");
  stalled.deadlines.stall = Milliseconds(50);
  const Outcome stall = run(std::move(stalled));
  EXPECT_EQ(stall.done->error().code, ErrorCode::kTimeout);
  EXPECT_EQ(stall.body.size(), 500U);

  set_fault([](FakeFault& fault) { fault.truncate_after = 500; });
  EXPECT_EQ(run(call("GET", "/long")).done->error().code, ErrorCode::kUnavailable);
  set_fault([](FakeFault& fault) { fault.reset_after = 500; });
  EXPECT_EQ(run(call("GET", "/long")).done->error().code, ErrorCode::kUnavailable);
}

TEST_F(HttpClientTest, AnAnswerBeyondTheLimitIsCutOff) {
  HttpCall made = call("GET", "/long");
  made.max_bytes = 10'000;
  const Outcome outcome = run(std::move(made));
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kTooLarge);
  EXPECT_LE(outcome.body.size(), 10'000U);
}

TEST_F(HttpClientTest, OtherProtocolsAreRefused) {
  HttpCall made = call("GET", "/");
  made.url = "file:///etc/passwd";
  EXPECT_EQ(run(std::move(made)).done->error().code, ErrorCode::kInvalid);
}

TEST_F(HttpClientTest, AConnectionIsUsedAgain) {
  for (int i = 0; i < 5; ++i) run(call("POST", "/echo"));
  EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(HttpClientTest, AWarmedConnectionIsUsedByTheFirstCall) {
  client_.warm(server_.url("/"));
  run_until([&] { return !server_.requests().empty(); });
  io_.run_for(Milliseconds(20));
  run(call("POST", "/echo"));
  EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(HttpClientTest, NothingIsCalledAfterCancel) {
  Outcome outcome;
  std::unique_ptr<HttpStream> stream;
  HttpCallbacks callbacks = into(outcome);
  callbacks.on_data = [&](std::string_view) {
    ++outcome.pieces;
    stream->cancel();  // from inside a callback
  };
  stream = client_.start(call("GET", "/long"), std::move(callbacks));
  run_until([&] { return outcome.pieces > 0; });
  io_.run_for(Milliseconds(50));
  EXPECT_EQ(outcome.pieces, 1);
  EXPECT_FALSE(outcome.done.has_value());
}

TEST_F(HttpClientTest, PartsAreSentAsMultipart) {
  std::string seen;
  server_.on("POST", "/upload", [&](const FakeRequest& request, FakeAnswer& answer) {
    seen = request.headers.at("content-type") + "\n" + request.body;
    answer.head(200, "application/json");
    answer.send("{}");
  });
  HttpCall made = call("POST", "/upload");
  made.parts = {{.name = "model", .content = "whisper-1", .file_name = {}, .content_type = {}},
                {.name = "file", .content = "RIFF", .file_name = "audio.wav", .content_type = "audio/wav"}};
  ASSERT_TRUE(run(std::move(made)).done->ok());
  EXPECT_THAT(seen, HasSubstr("multipart/form-data; boundary="));
  EXPECT_THAT(seen, HasSubstr("name=\"model\""));
  EXPECT_THAT(seen, HasSubstr("filename=\"audio.wav\""));
}

TEST_F(HttpClientTest, ACallMayOutliveTheClientsUser) {
  Outcome outcome;
  {
    HttpClient shorter(io_);
    auto stream = shorter.start(call("GET", "/long"), into(outcome));
    io_.run_one_for(Milliseconds(100));
    stream.reset();
  }
  io_.run_for(Milliseconds(20));
  EXPECT_FALSE(outcome.done.has_value());
}

}  // namespace
}  // namespace earshot::worker
