// Reminders and lists in a conversation: what the gateway gives, and what it is told.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

class NotebookInConversation : public ConversationTest {
 protected:
  void open_keeping(bool keeps) {
    config.agent.prompt.clear();
    ipc::SessionOpen session;
    session.set_session_id("s1");
    session.mutable_uplink()->set_sample_rate_hz(16000);
    session.mutable_uplink()->set_frame_duration_ms(60);
    session.mutable_downlink()->set_sample_rate_hz(24000);
    session.mutable_downlink()->set_frame_duration_ms(60);
    session.set_keeps_notebook(keeps);
    const auto keep = [this](const ipc::Envelope& envelope) {
      if (envelope.has_notebook()) kept.push_back(envelope.notebook());
    };
    conversation = *Conversation::create(config, services(), session, {.send = keep, .send_audio = keep});
    conversation->start();
    run();
  }
  // The brain calls the tool, and says its answer.
  std::string tool_says(const std::string& tool, const std::string& arguments) {
    brain.set_script([=](const LlmRequest& request) {
      return request.dialogue.back().role == Message::Role::kTool ? says("Done.") : calls(tool, arguments);
    });
    type("go");
    return brain.requests().back().dialogue.back().text;
  }
  std::vector<ipc::Notebook> kept;
};

TEST_F(NotebookInConversation, WhatChangesGoesToTheGatewayAsAWhole) {
  open_keeping(true);
  tool_says("reminder.set", R"({"in_seconds":600,"what":"tea","say":"Tea.","timer":true})");
  ASSERT_THAT(kept, SizeIs(1));
  EXPECT_EQ(kept[0].reminders(0).due_in_ms(), 600'000U);
  EXPECT_EQ(kept[0].reminders(0).say(), "Tea.");
  EXPECT_TRUE(kept[0].reminders(0).timer());
  clock.advance(60s);
  tool_says("list.change", R"({"add":["milk"]})");
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_EQ(kept[1].reminders(0).due_in_ms(), 540'000U);
  EXPECT_EQ(kept[1].lists(0).items(0), "milk");
  tool_says("list.read", "{}");
  EXPECT_THAT(kept, SizeIs(2));
}

TEST_F(NotebookInConversation, ANewConversationGoesOnWithIt) {
  open_keeping(true);
  ipc::Envelope envelope;
  auto& reminder = *envelope.mutable_notebook()->add_reminders();
  reminder.set_id(7);
  reminder.set_due_in_ms(5000);
  reminder.set_what("tea");
  reminder.set_say("Tea.");
  envelope.mutable_notebook()->add_lists()->set_name("shopping");
  envelope.mutable_notebook()->mutable_lists(0)->add_items("milk");
  give(envelope);
  EXPECT_EQ(tool_says("reminder.list", "{}"), R"([{"what":"tea","in_seconds":5,"timer":false}])");
  EXPECT_EQ(tool_says("list.read", "{}"), R"({"list":"shopping","items":["milk"]})");
  clock.advance(5s);
  EXPECT_EQ(tool_says("reminder.list", "{}"), "[]");
  EXPECT_THAT(kept, IsEmpty());
}

TEST_F(NotebookInConversation, WithAGatewayThatKeepsNoneThereAreNoSuchTools) {
  open_keeping(false);
  EXPECT_EQ(tool_says("reminder.set", R"({"in_seconds":600,"what":"tea","say":"Tea."})"),
            "there is no such tool");
  EXPECT_THAT(kept, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
