// The Realtime door, a shard and a real worker process, and clients on real sockets: by hand, and OpenAI's own.
#include "gateway/doors/realtime/realtime_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <thread>

#include "common/http/http_server.h"
#include "common/http/websocket_client.h"
#include "gateway/doors/realtime/realtime_line.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/realtime_client.h"
#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {
namespace {

using e2e::RealtimeRun;
using ::testing::HasSubstr;

constexpr std::string_view kTokenText = "ear_test_0123456789";

class RealtimeDoorTest : public GatewayTest {
 protected:
  explicit RealtimeDoorTest(bool require_key = true) {
    start_shard();
    door_.emplace(
        io_.get_executor(), Secret("device key"), require_key, clock_,
        RealtimeDoor::Ports{
            .identify = [](const http::Request& request) -> std::optional<std::string> {
              if (request.headers.find("Authorization") != "Bearer " + std::string(kTokenText))
                return std::nullopt;
              return "token:test";
            },
            .models = [](const std::function<void(std::vector<std::string>)>& done) { done({"default"}); },
            .hand_over =
                [this](http::PendingUpgrade upgrade, RealtimeTerms terms, std::string_view subprotocol,
                       std::function<void()> gone) {
                  agent_ = terms.model;
                  RealtimeLine::make(std::move(upgrade), std::move(terms), subprotocol, shard_->executor(),
                                     shard_->call_host(), std::move(gone));
                }});
    door_->mount(router_);
    server_.emplace(io_, "127.0.0.1", 0, "http.port", router_);
  }
  ~RealtimeDoorTest() override {
    client_.reset();
    if (server_) server_->stop();
  }

  void connect(std::vector<std::pair<std::string, std::string>> headers) {
    told_.clear();
    open_ = false;
    closed_.reset();
    client_ = http::connect_websocket(
        io_,
        {.url = "ws://127.0.0.1:" + std::to_string(server_->port()) + "/v1/realtime?model=default",
         .headers = std::move(headers),
         .max_queued_bytes = 2 * RealtimeCall::kMaxRefusedBytes},
        {.on_open = [this] { open_ = true; },
         .on_text = [this](std::string_view text) { told_.emplace_back(text); },
         .on_binary = {},
         .on_closed = [this](const http::WebSocketClosed& why) { closed_ = why; }});
  }
  http::Response ask(const std::string& method, const std::string& path, const std::string& key,
                     const std::string& body = "") {
    http::Request request{
        .method = method, .path = path, .query = {}, .headers = {}, .body = body, .peer = "::1"};
    request.headers.add("Authorization", "Bearer " + key);
    request.headers.add("Content-Type", "application/json");
    http::Response told;
    router_.handle(std::move(request), [&](http::Response response) { told = std::move(response); });
    return told;
  }
  // The client is another process; the door lives on this thread meanwhile.
  RealtimeRun talk_with_worker(const std::string& talk, const std::string& wav = "") {
    const char* const binaries = std::getenv("EARSHOT_BIN");
    e2e::ChildProcess worker({std::string(binaries) + "/earshot-worker", "--gateway",
                              shard_->worker_endpoint().text(), "--id", "w1"},
                             (folder_ / "worker.out").string(), (folder_ / "worker.log").string());
    // A sanitised worker on a loaded machine loads its models slowly.
    bool up = false;
    for (int patience = 0; patience < 6 && !up; ++patience)
      up = run_until([&] { return counter("worker_links_up") == 1; });
    EXPECT_TRUE(up);
    RealtimeRun run;
    std::thread client([&] {
      run = e2e::run_realtime_client(folder_, server_->port(), std::string(kTokenText), talk, wav);
      asio::post(io_, [this] { client_over_ = true; });
    });
    while (!client_over_) io_.run_one();
    client.join();
    if (!run.ended_well) run.output += worker.errors();
    return run;
  }
  static bool can_talk() {
    return std::getenv("EARSHOT_BIN") != nullptr && !e2e::python_with_openai().empty();
  }

  SystemClock clock_;
  http::Router router_;
  std::optional<RealtimeDoor> door_;
  std::optional<http::Server> server_;
  std::unique_ptr<http::WebSocketClient> client_;
  std::vector<std::string> told_;
  std::optional<http::WebSocketClosed> closed_;
  std::string agent_;  // of the latest session
  bool open_ = false;
  bool client_over_ = false;
};

TEST_F(RealtimeDoorTest, AKeyInASubprotocolOpensAndIsNotSaidBack) {
  connect({{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + std::string(kTokenText)}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  EXPECT_THAT(told_.front(), HasSubstr("session.created"));
  EXPECT_EQ(door_->active_sessions(), 1U);
}

TEST_F(RealtimeDoorTest, WrongKeysAreRefusedAndThenSlowedDown) {
  for (int i = 0; i < 21; ++i) {
    connect({{"Authorization", "Bearer nobody"}});
    ASSERT_TRUE(run_until([&] { return closed_.has_value(); })) << i;
    EXPECT_FALSE(open_);
  }
  EXPECT_EQ(door_->counters().value(RealtimeEvent::kRefusedKey), 20U);
  EXPECT_EQ(door_->counters().value(RealtimeEvent::kRefusedTooOften), 1U);
}

TEST_F(RealtimeDoorTest, AKeyOpensTheAgentThatItWasMadeFor) {
  const auto made = json::parse_object(ask("POST", "/v1/realtime/client_secrets", std::string(kTokenText),
                                           R"({"session":{"type":"realtime","model":"kitchen"}})")
                                           .body,
                                       1 << 16);
  ASSERT_TRUE(made.ok());
  connect({{"Authorization", "Bearer " + std::string(made->at("value").as_string())}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  EXPECT_EQ(agent_, "kitchen");  // the address says "default"
}

TEST_F(RealtimeDoorTest, AnUnknownKeyIsRefused) {
  EXPECT_EQ(ask("GET", "/v1/models", "nobody").status, 401);
  EXPECT_EQ(ask("GET", "/v1/models", std::string(kTokenText)).status, 200);
}

class OpenRealtimeDoorTest : public RealtimeDoorTest {
 protected:
  OpenRealtimeDoorTest() : RealtimeDoorTest(false) {}
};

TEST_F(OpenRealtimeDoorTest, WhoShowsAnyKeyMayTalk) {
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ask("GET", "/v1/models", "nobody").status, 200);
}

TEST_F(RealtimeDoorTest, AHugeAppendIsAnErrorAndTheConnectionGoesOn) {
  connect({{"Authorization", "Bearer " + std::string(kTokenText)}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  client_->send_text(std::string(RealtimeCall::kMaxEventBytes + 1, 'A'));
  ASSERT_TRUE(run_until([&] { return told_.back().find("event_too_large") != std::string::npos; }));
  client_->send_text(R"({"type":"input_audio_buffer.clear"})");
  EXPECT_TRUE(run_until([&] { return told_.back().find("buffer.cleared") != std::string::npos; }));
  EXPECT_FALSE(closed_.has_value());
}

TEST_F(RealtimeDoorTest, AnEndlessAppendEndsTheConnectionAndNothingElse) {
  connect({{"Authorization", "Bearer " + std::string(kTokenText)}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  client_->send_text(std::string(RealtimeCall::kMaxRefusedBytes + 1, 'A'));
  ASSERT_TRUE(run_until([&] { return closed_.has_value(); }));
  connect({{"Authorization", "Bearer " + std::string(kTokenText)}});
  EXPECT_TRUE(run_until([&] { return !told_.empty(); }));
}

TEST_F(RealtimeDoorTest, WithoutAWorkerAResponseFails) {
  connect({{"Authorization", "Bearer " + std::string(kTokenText)}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  client_->send_text(R"({"type":"response.create"})");
  ASSERT_TRUE(
      run_until([&] { return !told_.empty() && told_.back().find("rate_limits") != std::string::npos; }));
  EXPECT_THAT(told_[told_.size() - 2], HasSubstr("\"failed\""));
}

TEST_F(RealtimeDoorTest, ASpokenQuestionIsAnsweredAloud) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const RealtimeRun run = talk_with_worker("vad", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

TEST_F(RealtimeDoorTest, PushToTalkIsAnswered) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const RealtimeRun run = talk_with_worker("push_to_talk", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
}

TEST_F(RealtimeDoorTest, SpeechInterruptsAReply) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const std::string wav = e2e::spoken_question(folder_, "what time is it");
  const RealtimeRun run = talk_with_worker("interruption", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("truncated_ms").as_int64(), 40) << run.output;
}

TEST_F(RealtimeDoorTest, AFunctionOfTheClientIsCalled) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const RealtimeRun run = talk_with_worker("function_call");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_THAT(std::string(run.told.at("call").as_string()), HasSubstr("50")) << run.output;
}

TEST_F(RealtimeDoorTest, TheBetaClientIsAnswered) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const RealtimeRun run = talk_with_worker("beta");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("format"), "pcm16") << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

TEST_F(RealtimeDoorTest, AResponseIsCancelled) {
  if (!can_talk())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kOpenaiPackage;
  const RealtimeRun run = talk_with_worker("cancel");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("reason"), "client_cancelled") << run.output;
}

}  // namespace
}  // namespace earshot::gateway
