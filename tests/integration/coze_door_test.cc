// The Coze door, a shard and a real worker process, and clients on real sockets: by hand, as Espressif's library, and the
// published packages.
#include "gateway/doors/coze/coze_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/doors/coze/coze_call.h"
#include "tests/e2e/coze_client.h"
#include "tests/integration/call_door_fixture.h"

namespace earshot::gateway {
namespace {

using e2e::ClientRun;
using ::testing::HasSubstr;
using ::testing::Not;

class CozeDoorTest : public CallDoorTest {
 protected:
  explicit CozeDoorTest(bool require_key = true)
      : door_(require_key, clock_,
              CozeDoor::Ports{.identify = &CallDoorTest::identify, .hand_over = hand_over()}) {
    door_.mount(router_);
    serve();
  }
  void connect_with_key() {
    connect_to("/v1/chat?bot_id=default", {{"Authorization", "Bearer " + std::string(kTokenText)}});
    ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  }
  bool is_told(const std::string& text) {
    return run_until([&] { return !told_.empty() && told_.back().find(text) != std::string::npos; });
  }
  ClientRun talk(const std::string& name, const std::string& wav = "") {
    return talk_with_worker(
        [&](int port) { return e2e::run_coze_client(folder_, port, std::string(kTokenText), name, wav); });
  }

  CozeDoor door_;
};

TEST_F(CozeDoorTest, AKeyInTheAddressOpensForThoseWhoCanSetNoHeaders) {
  connect_to("/v1/chat?bot_id=default&authorization=Bearer%20" + std::string(kTokenText));
  ASSERT_TRUE(run_until([&] { return !told_.empty(); }));
  EXPECT_THAT(told_.front(), HasSubstr("chat.created"));
  EXPECT_EQ(door_.counters().value(CozeEvent::kAccepted), 1U);
}

TEST_F(CozeDoorTest, AHeaderOfAProxyDoesNotHideTheKeyInTheAddress) {
  connect_to("/v1/chat?bot_id=default&authorization=Bearer%20" + std::string(kTokenText),
             {{"Authorization", "Basic dXNlcjp3b3Jk"}});
  EXPECT_TRUE(is_told("chat.created"));
}

TEST_F(CozeDoorTest, WrongKeysAreRefusedAndThenSlowedDown) {
  for (int i = 0; i < 21; ++i) {
    connect_to("/v1/chat?bot_id=default&authorization=Bearer%20nobody");
    ASSERT_TRUE(run_until([&] { return closed_.has_value(); })) << i;
    EXPECT_FALSE(open_);
  }
  EXPECT_EQ(door_.counters().value(CozeEvent::kRefusedKey), 20U);
  EXPECT_EQ(door_.counters().value(CozeEvent::kRefusedTooOften), 1U);
}

TEST_F(CozeDoorTest, AConversationIsMadeForWhoMayTalk) {
  EXPECT_EQ(ask("POST", "/v1/conversation/create", "nobody").status, 401);
  EXPECT_EQ(ask("POST", "/v1/conversation/create", std::string(kTokenText), "[]").status, 400);
  const auto made =
      json::parse_object(ask("POST", "/v1/conversation/create", std::string(kTokenText), "{}").body, 1 << 16);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->at("code"), 0);
  EXPECT_EQ(made->at("data").at("id").as_string().size(), 19U);
}

TEST_F(CozeDoorTest, AHugeAppendEndsTheConnectionAndNothingElse) {
  connect_with_key();
  client_->send_text(std::string(CozeCall::kMaxEventBytes + 1, 'A'));
  ASSERT_TRUE(run_until([&] { return closed_.has_value(); }));
  connect_with_key();
  EXPECT_THAT(told_.front(), HasSubstr("chat.created"));
}

TEST_F(CozeDoorTest, ABinaryFrameEndsTheConnection) {
  connect_with_key();
  client_->send_binary(Bytes(10, 1));
  EXPECT_TRUE(run_until([&] { return closed_.has_value(); }));
}

TEST_F(CozeDoorTest, NonsenseIsAnErrorAndTheConnectionStays) {
  connect_with_key();
  client_->send_text("{");
  ASSERT_TRUE(is_told("\"code\":4000"));
  client_->send_text(R"({"event_type":"chat.update","data":{}})");
  EXPECT_TRUE(is_told("chat.updated"));
}

TEST_F(CozeDoorTest, WithoutAWorkerAChatFails) {
  connect_with_key();
  client_->send_text(
      R"({"event_type":"conversation.message.create","data":{"role":"user","content_type":"text","content":"x"}})");
  EXPECT_TRUE(is_told("conversation.chat.failed"));
}

class OpenCozeDoorTest : public CozeDoorTest {
 protected:
  OpenCozeDoorTest() : CozeDoorTest(false) {}
};

TEST_F(OpenCozeDoorTest, WhoShowsNoKeyMayTalk) {
  connect_to("/v1/chat");
  EXPECT_TRUE(is_told("chat.created"));
}

TEST_F(CozeDoorTest, ABoardAsksAloudAndIsAnsweredAloud) {
  if (!has_worker()) GTEST_SKIP() << "no worker (EARSHOT_BIN)";
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const ClientRun run = talk_with_worker(
      [&](int port) { return e2e::run_esp_coze_client(folder_, port, std::string(kTokenText), "vad", wav); });
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_GT(run.told.at("packets").as_int64(), 10) << run.output;
}

TEST_F(CozeDoorTest, ABoardInterruptsAnAnswer) {
  if (!has_worker()) GTEST_SKIP() << "no worker (EARSHOT_BIN)";
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const ClientRun run = talk_with_worker([&](int port) {
    return e2e::run_esp_coze_client(folder_, port, std::string(kTokenText), "interruption", wav);
  });
  ASSERT_TRUE(run.ended_well) << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonHasATextTurn) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const ClientRun run = talk("text");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonAsksAloud) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const ClientRun run = talk("vad", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonPushesToTalk) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const std::string wav = e2e::spoken_question(folder_, "what can you do");
  const ClientRun run = talk("push_to_talk", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonCancels) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const ClientRun run = talk("cancel");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_THAT(run.output, Not(HasSubstr("conversation.chat.completed")));
}

TEST_F(CozeDoorTest, ThePackageForPythonIsAskedForItsFunction) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const ClientRun run = talk("function_call");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_THAT(std::string(run.told.at("call").as_string()), HasSubstr("50")) << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonHasATextReadAloud) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const ClientRun run = talk("speech");
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

TEST_F(CozeDoorTest, ThePackageForPythonHasSpeechWrittenDown) {
  if (!has_worker() || e2e::python_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or PyPI is out of reach: " << e2e::kCozePyPackage;
  const ClientRun run = talk("transcription", e2e::spoken_question(folder_, "what can you do"));
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("heard"), "what can you do") << run.output;
}

class CozeJsTest : public CozeDoorTest, public testing::WithParamInterface<std::string> {};

TEST_P(CozeJsTest, ThePackageForNodeIsAnsweredAloud) {
  if (!has_worker() || e2e::node_with_coze().empty())
    GTEST_SKIP() << "no worker (EARSHOT_BIN), or npm is out of reach: " << e2e::kCozeJsPackages;
  const ClientRun run = talk_with_worker(
      [&](int port) { return e2e::run_coze_js_client(folder_, port, std::string(kTokenText), GetParam()); });
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

INSTANTIATE_TEST_SUITE_P(All, CozeJsTest, testing::Values("text", "aloud"),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace earshot::gateway
