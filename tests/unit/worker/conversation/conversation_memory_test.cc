// What a conversation remembers of earlier ones: asked for, given to the brain, told to the gateway.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

class MemoryInConversation : public ConversationTest {
 protected:
  void open_remembering(MemoryLevel level, bool gateway_keeps = true) {
    config.agent.prompt = "You are a bear.";
    config.agent.memory = level;
    ipc::SessionOpen session;
    session.set_session_id("s1");
    session.mutable_uplink()->set_sample_rate_hz(16000);
    session.mutable_uplink()->set_frame_duration_ms(60);
    session.mutable_downlink()->set_sample_rate_hz(24000);
    session.mutable_downlink()->set_frame_duration_ms(60);
    session.set_keeps_memory(gateway_keeps);
    const auto keep = [this](const ipc::Envelope& envelope) {
      if (envelope.has_memory_up()) told.push_back(envelope.memory_up());
    };
    conversation = *Conversation::create(config, services(), session, {.send = keep, .send_audio = keep});
    conversation->start();
    run();
    brain.set_script([](const LlmRequest&) { return says("Well."); });
  }
  const ipc::MemoryUp* last(ipc::MemoryUp::WhatCase what) const {
    for (auto one = told.rbegin(); one != told.rend(); ++one) {
      if (one->what_case() == what) return &*one;
    }
    return nullptr;
  }
  void find(const std::string& words) {
    ipc::Envelope envelope;
    auto& found = *envelope.mutable_memory_down()->mutable_found();
    found.set_id(last(ipc::MemoryUp::kAsk)->ask().id());
    found.add_records()->set_words(words);
    give(envelope);
  }
  void know(const std::string& fact) {
    ipc::Envelope envelope;
    auto& known = *envelope.mutable_memory_down()->mutable_known()->add_facts();
    known.set_id(4);
    known.set_text(fact);
    give(envelope);
  }
  void pass(Milliseconds time) {
    clock.advance(time);
    conversation->tick();
    run();
  }
  // What the model is shown of while nobody speaks, to learn from.
  std::string learnt_from() {
    const std::size_t asked = brain.requests().size();
    for (int i = 0; i < 100; ++i) pass(100ms);
    std::string shown;
    for (std::size_t i = asked; i < brain.requests().size(); ++i) {
      for (const Message& message : brain.requests()[i].dialogue) shown += message.text;
    }
    return shown;
  }
  std::vector<ipc::MemoryUp> told;
};

TEST_F(MemoryInConversation, TheBrainReadsWhatWasFoundInFrontOfTheWords) {
  open_remembering(MemoryLevel::kDiary);
  type("how is my cat");
  EXPECT_THAT(brain.requests(), IsEmpty());
  find("my cat is called Miso");
  ASSERT_THAT(brain.requests(), SizeIs(1));
  const Message& words = brain.requests()[0].dialogue.back();
  EXPECT_EQ(words.text, "how is my cat");
  EXPECT_THAT(words.aside, HasSubstr("my cat is called Miso"));
  EXPECT_EQ(brain.requests()[0].dialogue.front().text, "You are a bear.");
}

TEST_F(MemoryInConversation, ATurnWaitsForItNoLongerThanItsPatience) {
  open_remembering(MemoryLevel::kDiary);
  type("how is my cat");
  pass(Recollection::kPatience - 1ms);
  EXPECT_THAT(brain.requests(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(brain.requests(), SizeIs(1));
  find("my cat is called Miso");
  EXPECT_THAT(brain.requests(), SizeIs(1));
}

TEST_F(MemoryInConversation, WhatIsRememberedIsNotKeptWithTheDialogue) {
  open_remembering(MemoryLevel::kDiary);
  type("how is my cat");
  find("my cat is called Miso");
  type("and now");
  find("small talk");
  ASSERT_THAT(brain.requests(), SizeIs(2));
  for (const Message& one : brain.requests()[1].dialogue) {
    EXPECT_THAT(one.text, Not(HasSubstr("Miso")));
    EXPECT_THAT(one.aside, Not(HasSubstr("Miso")));
  }
}

TEST_F(MemoryInConversation, AnAgentWithoutAMemoryLooksIntoItsDocuments) {
  config.agent.lore.depth = 2;
  open_remembering(MemoryLevel::kOff);
  type("when does the museum open");
  EXPECT_THAT(brain.requests(), IsEmpty());
  ASSERT_NE(last(ipc::MemoryUp::kAsk), nullptr);
  EXPECT_TRUE(last(ipc::MemoryUp::kAsk)->ask().only_passages());
  ipc::Envelope envelope;
  auto& found = *envelope.mutable_memory_down()->mutable_found();
  found.set_id(last(ipc::MemoryUp::kAsk)->ask().id());
  found.add_passages()->set_text("The museum opens at nine.");
  give(envelope);
  ASSERT_THAT(brain.requests(), SizeIs(1));
  EXPECT_THAT(brain.requests()[0].dialogue.back().aside, HasSubstr("\"The museum opens at nine.\""));
  conversation->close();
  EXPECT_EQ(last(ipc::MemoryUp::kTurn), nullptr);
}

TEST_F(MemoryInConversation, OffNothingIsAskedAndNothingTold) {
  open_remembering(MemoryLevel::kOff);
  type("how is my cat");
  EXPECT_THAT(brain.requests(), SizeIs(1));
  pass(10s);
  conversation->close();
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(MemoryInConversation, WithAGatewayThatKeepsNoneItIsOff) {
  open_remembering(MemoryLevel::kFull, false);
  type("how is my cat");
  conversation->close();
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(MemoryInConversation, ATurnThatHasEndedIsTold) {
  open_remembering(MemoryLevel::kDiary);
  type("how is my cat");
  find("x");
  conversation->close();
  const ipc::MemoryUp* turn = last(ipc::MemoryUp::kTurn);
  ASSERT_NE(turn, nullptr);
  EXPECT_EQ(turn->turn().words(), "how is my cat");
}

TEST_F(MemoryInConversation, FactsAreReadAndForgottenByTools) {
  open_remembering(MemoryLevel::kFull);
  EXPECT_NE(last(ipc::MemoryUp::kOpen), nullptr);
  know("The user has a cat called Miso.");
  const auto tool_says = [this](const std::string& tool, const std::string& arguments) {
    brain.set_script([=](const LlmRequest& request) {
      return request.dialogue.back().role == Message::Role::kTool ? says("Done.") : calls(tool, arguments);
    });
    type("go " + tool);
    find("x");
    return brain.requests().back().dialogue.back().text;
  };
  EXPECT_THAT(tool_says("memory.read", "{}"), HasSubstr("The user has a cat called Miso."));
  EXPECT_EQ(tool_says("memory.forget", R"({"what":"the cat called Miso"})"),
            R"({"forgotten":["The user has a cat called Miso."]})");
  EXPECT_EQ(last(ipc::MemoryUp::kChange)->change().forgotten(0), 4U);
  EXPECT_EQ(tool_says("memory.remember", R"({"fact":"The user likes tea."})"), R"({"remembered":true})");
  EXPECT_EQ(last(ipc::MemoryUp::kChange)->change().learnt(0), "The user likes tea.");
}

TEST_F(MemoryInConversation, WhileNobodySpeaksItLearnsFromWhatWasSaid) {
  open_remembering(MemoryLevel::kFull);
  type("my cat is called Miso");
  find("x");
  type("good night");
  find("x");
  EXPECT_THAT(learnt_from(), HasSubstr("Miso"));
}

TEST_F(MemoryInConversation, WhoAsksToBeForgottenIsNotLearntAgain) {
  open_remembering(MemoryLevel::kFull);
  type("my cat is called Miso");
  find("x");
  brain.set_script([](const LlmRequest& request) {
    return request.dialogue.back().role == Message::Role::kTool
               ? says("Done.")
               : calls("memory.forget", R"({"everything":true})");
  });
  type("forget everything about me");
  find("x");
  ASSERT_NE(last(ipc::MemoryUp::kChange), nullptr);
  EXPECT_TRUE(last(ipc::MemoryUp::kChange)->change().everything());
  brain.set_script([](const LlmRequest&) { return says("Well."); });
  type("good night");
  find("x");
  EXPECT_THAT(learnt_from(), AllOf(Not(HasSubstr("Miso")), Not(HasSubstr("forget everything"))));
}

TEST_F(MemoryInConversation, WhoIsForgottenFromElsewhereIsNotLearntAgain) {
  open_remembering(MemoryLevel::kFull);
  know("The user likes tea.");
  type("my cat is called Miso");
  find("x");
  type("good night");
  find("x");
  ipc::Envelope nothing;
  nothing.mutable_memory_down()->mutable_known();
  give(nothing);
  EXPECT_THAT(learnt_from(), AllOf(Not(HasSubstr("Miso")), Not(HasSubstr("forget everything"))));
}

TEST_F(MemoryInConversation, WithoutFactsThereAreNoSuchTools) {
  open_remembering(MemoryLevel::kDiary);
  type("hello");
  find("x");
  for (const ToolSpec& tool : brain.requests()[0].tools) EXPECT_THAT(tool.name, Not(StartsWith("memory.")));
}

}  // namespace
}  // namespace earshot::worker
