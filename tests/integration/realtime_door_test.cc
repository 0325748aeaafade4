// The Realtime door, a shard and a real worker process, and clients on real sockets: by hand, and OpenAI's own.
#include "gateway/doors/realtime/realtime_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/realtime_client.h"
#include "tests/integration/call_door_fixture.h"

namespace earshot::gateway {
namespace {

using e2e::RealtimeRun;
using ::testing::HasSubstr;

class RealtimeDoorTest : public CallDoorTest {
 protected:
  explicit RealtimeDoorTest(bool require_key = true)
      : door_(io_.get_executor(), Secret("device key"), require_key, clock_,
              RealtimeDoor::Ports{
                  .identify = &CallDoorTest::identify,
                  .models =
                      [](const std::function<void(std::vector<std::string>)>& done) { done({"default"}); },
                  .hand_over = hand_over()}) {
    door_.mount(router_);
    serve();
  }
  void connect(std::vector<std::pair<std::string, std::string>> headers) {
    connect_to("/v1/realtime?model=default", std::move(headers));
  }
  RealtimeRun talk_with_worker(const std::string& talk, const std::string& wav = "") {
    return CallDoorTest::talk_with_worker([&](int port) {
      return e2e::run_realtime_client(folder_, port, std::string(kTokenText), talk, wav);
    });
  }
  static bool can_talk() { return has_worker() && !e2e::python_with_openai().empty(); }

  RealtimeDoor door_;
};

TEST_F(RealtimeDoorTest, AKeyInASubprotocolOpensAndIsNotSaidBack) {
  connect({{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + std::string(kTokenText)}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  EXPECT_THAT(told_.front(), HasSubstr("session.created"));
  EXPECT_EQ(door_.active_sessions(), 1U);
}

TEST_F(RealtimeDoorTest, WrongKeysAreRefusedAndThenSlowedDown) {
  for (int i = 0; i < 21; ++i) {
    connect({{"Authorization", "Bearer nobody"}});
    ASSERT_TRUE(run_until([&] { return closed_.has_value(); })) << i;
    EXPECT_FALSE(open_);
  }
  EXPECT_EQ(door_.counters().value(RealtimeEvent::kRefusedKey), 20U);
  EXPECT_EQ(door_.counters().value(RealtimeEvent::kRefusedTooOften), 1U);
}

TEST_F(RealtimeDoorTest, AKeyOpensTheAgentThatItWasMadeFor) {
  const auto made = json::parse_object(ask("POST", "/v1/realtime/client_secrets", std::string(kTokenText),
                                           R"({"session":{"type":"realtime","model":"kitchen"}})")
                                           .body,
                                       1 << 16);
  ASSERT_TRUE(made.ok());
  connect({{"Authorization", "Bearer " + std::string(made->at("value").as_string())}});
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  EXPECT_THAT(told_.front(), HasSubstr(R"("model":"kitchen")"));  // the address says "default"
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
