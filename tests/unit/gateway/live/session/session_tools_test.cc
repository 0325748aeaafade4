// What a session's worker asks of the device's tools, and what they say.
#include "tests/unit/gateway/live/session/session_fixture.h"

namespace earshot::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct AskedTools final : DeviceTools {
  void ask(const json::object& request, SteadyTime) override { asked.push_back(json::serialize(request)); }
  void settled(std::int64_t) override {}
  void worker_gone(std::int64_t, SteadyTime) override {}
  std::vector<std::string> asked;
};

TEST_F(SessionTest, TheWorkersQuestionsGoToTheToolsOfTheLine) {
  AskedTools tools;
  EXPECT_TRUE(session_->open_request().session_open().device_mcp());
  session_->use(&tools);
  open();
  ipc::Envelope envelope;
  envelope.mutable_mcp_down()->set_payload(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})");
  worker_says(envelope);
  EXPECT_THAT(tools.asked, ElementsAre(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}})"));
  EXPECT_THAT(port_.device, IsEmpty());
}

TEST_F(SessionTest, TellsTheWorkerOfAReplyThatNobodyCanRead) {
  open();
  session_->tools_lost(4, ipc::McpUp::kTooLarge);
  ASSERT_EQ(port_.worker.size(), 1U);
  EXPECT_EQ(port_.worker[0].mcp_up().lost_id(), 4);
  EXPECT_EQ(port_.worker[0].mcp_up().loss(), ipc::McpUp::kTooLarge);
  EXPECT_EQ(port_.worker[0].mcp_up().payload(), "");
  EXPECT_EQ(counted(SessionEvent::kControlBrokenReply), 1U);
}

TEST_F(SessionTest, ToolsSayNothingToAWorkerThatIsNotThere) {
  session_->tools_say("{}");
  session_->tools_lost(1, ipc::McpUp::kUnreadable);
  EXPECT_THAT(port_.worker, IsEmpty());
}

}  // namespace
}  // namespace earshot::gateway
