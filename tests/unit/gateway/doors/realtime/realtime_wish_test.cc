// What a client asks of voice and model, and how it comes to the worker.
#include "tests/unit/gateway/doors/realtime/realtime_call_fixture.h"

namespace earshot::gateway {
namespace {

class RealtimeWishTest : public RealtimeCallTest {
 protected:
  void update(const std::string& members) {
    say(R"({"type":"session.update","session":{"type":"realtime",)" + members + "}}");
  }
  const ipc::CallWish& wish() const { return open->call().wish(); }
  // The latest that the worker was told.
  const ipc::Respond& respond() const {
    for (auto envelope = worker.rbegin(); envelope != worker.rend(); ++envelope) {
      if (envelope->has_respond()) return envelope->respond();
    }
    ADD_FAILURE() << "no Respond";
    return ipc::Respond::default_instance();
  }
};

TEST_F(RealtimeWishTest, WhoAsksForNothingLeavesAllToTheAgent) {
  connect();
  append(4800);
  EXPECT_EQ(open->call().voice(), "");
  EXPECT_EQ(open->call().speed_permille(), 0U);
  EXPECT_EQ(wish().SerializeAsString(), "");
}

TEST_F(RealtimeWishTest, VoiceAndSpeedComeToTheWorker) {
  connect();
  update(R"("audio":{"output":{"voice":"marin","speed":1.25}})");
  append(4800);
  EXPECT_EQ(open->call().voice(), "marin");
  EXPECT_EQ(open->call().speed_permille(), 1250U);
}

TEST_F(RealtimeWishTest, TheModelsOptionsComeToTheWorker) {
  connect();
  update(R"("temperature":0.6,"max_output_tokens":300,"tool_choice":"required")");
  append(4800);
  EXPECT_EQ(wish().temperature_permille(), 600U);
  EXPECT_EQ(wish().max_tokens(), 300U);
  EXPECT_EQ(wish().tool_use(), ipc::CallWish::kRequired);
  EXPECT_EQ(wish().only_tool(), "");
  open.reset();
}

TEST_F(RealtimeWishTest, OneFunctionOrNoneCanBeChosen) {
  connect();
  update(R"("tool_choice":{"type":"function","name":"light"})");
  append(4800);
  place();
  EXPECT_EQ(wish().tool_use(), ipc::CallWish::kRequired);
  EXPECT_EQ(wish().only_tool(), "light");
  update(R"("tool_choice":"none")");
  EXPECT_EQ(worker.at(worker.size() - 3).call_update().open().call().wish().tool_use(), ipc::CallWish::kNone);
}

TEST_F(RealtimeWishTest, AResponseAsksForItselfAlone) {
  connect();
  update(R"("temperature":0.6,"max_output_tokens":300)");
  say(R"({"type":"response.create","response":{"tool_choice":"none","max_output_tokens":"inf"}})");
  place();
  EXPECT_EQ(respond().wish().tool_use(), ipc::CallWish::kNone);
  EXPECT_EQ(respond().wish().max_tokens(), 0U);
  EXPECT_EQ(respond().wish().temperature_permille(), 600U) << "what it does not name is the session's";
  begin_turn(1, 1);
  end_turn(1);
  say(R"({"type":"response.create"})");
  call->tick(now + 1s);
  EXPECT_FALSE(respond().has_wish());
}

TEST_F(RealtimeWishTest, AResponseMayCallWhereTheSessionCallsNothing) {
  connect();
  update(R"("tools":[{"type":"function","name":"light"}],"tool_choice":"none")");
  say(R"({"type":"response.create","response":{"tool_choice":"auto"}})");
  EXPECT_TRUE(open->device_mcp());
  EXPECT_EQ(wish().tool_use(), ipc::CallWish::kNone);
  place();
  EXPECT_EQ(respond().wish().tool_use(), ipc::CallWish::kAuto);
  ask_tool(R"({"jsonrpc":"2.0","id":9,"method":"tools/list"})");
  EXPECT_THAT(worker.back().mcp_up().payload(), HasSubstr("\"light\""));
}

TEST_F(RealtimeWishTest, TheOldNameOfALimitIsRead) {
  connect(RealtimeDialect::kBeta);
  say(R"({"type":"response.create","response":{"max_response_output_tokens":50}})");
  place();
  EXPECT_EQ(respond().wish().max_tokens(), 50U);
}

TEST_F(RealtimeWishTest, WhatNoModelTakesIsRefusedByItsName) {
  connect();
  for (const char* members :
       {R"("temperature":2.1)", R"("temperature":"hot")", R"("max_output_tokens":0)",
        R"("max_output_tokens":1000001)", R"("max_output_tokens":"many")", R"("tool_choice":"perhaps")",
        R"("tool_choice":{"type":"mcp","server_label":"x"})",
        R"("tool_choice":{"type":"function","name":""})"}) {
    told.clear();
    update(members);
    EXPECT_EQ(error_code(), "invalid_value") << members;
  }
  say(R"({"type":"response.create","response":{"temperature":9}})");
  EXPECT_EQ(last("error").at("error").at("param"), "response.temperature");
}

TEST_F(RealtimeWishTest, AnEventThatIsTooLargeIsAnErrorAndTheCallGoesOn) {
  connect();
  call->client_says_too_much();
  EXPECT_EQ(error_code(), "event_too_large");
  append(4800);
  EXPECT_TRUE(open.has_value());
}

}  // namespace
}  // namespace earshot::gateway
