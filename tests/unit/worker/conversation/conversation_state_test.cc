// A conversation that is written down and made again elsewhere goes on as the original does.
#include "worker/conversation/conversation_state.h"

#include "checkpoint.pb.h"
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

ConversationState through_bytes(const ConversationState& state) {
  auto read = read_checkpoint(as_bytes(write_checkpoint(state)));
  EXPECT_TRUE(read.ok());
  return read.ok() ? *read : ConversationState{};
}

class ConversationStateTest : public ConversationTest {
 protected:
  ConversationStateTest() { config.agent.prompt.clear(); }

  void answer_and_play(std::uint32_t turn) {
    utterance();
    played(ipc::PlayoutReport::kStarted, turn, 0);
    played(ipc::PlayoutReport::kSentence, turn, 1);
    played(ipc::PlayoutReport::kFinished, turn, 1);
    take_log();
  }
  // In the first of three sentences of the third turn, by a speaker who makes long pauses.
  void in_the_third_turn() {
    open();
    start(ipc::Listen::kRealtime);
    answer_and_play(1);
    silence(1s);
    speech(900ms);
    silence(540ms);
    speech(600ms);
    silence(1s);
    played(ipc::PlayoutReport::kSentence, 2, 1);
    played(ipc::PlayoutReport::kFinished, 2, 1);
    brain.set_script([](const LlmRequest&) { return says("One. Two. Three."); });
    tts.speak_for(5s);
    asr.hears("tell me three things");
    utterance();
    played(ipc::PlayoutReport::kStarted, 3, 0);
    played(ipc::PlayoutReport::kSentence, 3, 1);
    take_log();
    brain.set_script(echo);
  }
  void go_on_elsewhere(const ConversationState& state) {
    conversation->close();
    ipc::SessionOpen session = opened;
    auto made = Conversation::create(config, services(), session, sink(), state);
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
  }
  // RETURNS: after how much silence the utterance was taken to have ended.
  Milliseconds ask_a_fourth() {
    asr.hears("and a fourth");
    silence(600ms);
    speech(900ms);
    Milliseconds waited{0};
    for (; waited < 2s && testing::Matches(Not(Contains("stt and a fourth")))(log); waited += kPacket)
      silence(kPacket);
    return waited;
  }
};

TEST_F(ConversationStateTest, AnswersTheFourthTurnAsTheOriginal) {
  in_the_third_turn();
  const ConversationState state = through_bytes(conversation->state());
  EXPECT_EQ(state.last_turn, TurnId{3});
  EXPECT_EQ(state.floor.mode, ListenMode::kRealtime);
  EXPECT_TRUE(state.floor.hears);
  EXPECT_GT(state.hearing.silence, config.endpoint.trailing_silence) << "it was learnt";

  const Milliseconds waited = ask_a_fourth();
  const std::vector<std::string> asked = lines(brain.requests().back().dialogue);
  const std::string language = brain.requests().back().language;
  ASSERT_THAT(asked, ElementsAre("user: hello", "assistant: You said hello.", "user: hello",
                                 "assistant: You said hello.", "user: tell me three things",
                                 "assistant: One.", "user: and a fourth"));
  const ConversationState original = conversation->state();

  take_log();
  go_on_elsewhere(state);
  EXPECT_EQ(ask_a_fourth(), waited) << "no `listen start` is needed, and the speaker's silence is known";
  EXPECT_EQ(lines(brain.requests().back().dialogue), asked);
  EXPECT_EQ(brain.requests().back().language, language);
  EXPECT_THAT(log, Contains("start 4"));
  EXPECT_EQ(conversation->state().floor.mode, original.floor.mode);
  EXPECT_EQ(conversation->state().hearing.silence, original.hearing.silence);
  EXPECT_EQ(conversation->state().hearing.echo_loss_db, original.hearing.echo_loss_db);
}

TEST_F(ConversationStateTest, AsksADeviceForItsToolsOnlyOnce) {
  open(true);
  reply_mcp(R"({"jsonrpc":"2.0","id":1,"result":{}})");
  reply_mcp(
      R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.light.on","description":"d","inputSchema":{}}]}})");
  const ConversationState state = through_bytes(conversation->state());
  ASSERT_TRUE(state.tools.has_value());
  mcp_requests.clear();

  go_on_elsewhere(state);
  EXPECT_THAT(mcp_requests, IsEmpty());
  brain.set_script([asked = false](const LlmRequest&) mutable {
    return std::exchange(asked, true) ? says("Done.") : calls("self.light.on");
  });
  type("light");
  ASSERT_THAT(mcp_requests, SizeIs(1));
  EXPECT_EQ(brain.requests().front().tools.front().name, "self.light.on");
  EXPECT_EQ(mcp_id(), state.tools->last_id + 1)
      << "an answer to the other worker's request is not taken for ours";
}

TEST_F(ConversationStateTest, AsksAgainWhenTheListWasNotComplete) {
  open(true);
  const ConversationState state = through_bytes(conversation->state());
  EXPECT_FALSE(state.tools.has_value());
  mcp_requests.clear();
  go_on_elsewhere(state);
  EXPECT_THAT(mcp_requests, Contains(HasSubstr("tools/list")));
}

TEST_F(ConversationStateTest, SpeaksWhatWaitedToBeSaid) {
  open();
  start(ipc::Listen::kManual);
  ask_to_say("a", "Dinner is ready.");
  ConversationState state = through_bytes(conversation->state());
  EXPECT_TRUE(state.floor.key_held);
  state.floor = {};
  go_on_elsewhere(state);
  wait(100ms);
  EXPECT_THAT(log, Contains("sentence 1 Dinner is ready."));
  EXPECT_THAT(conversation->state().says, SizeIs(1)) << "until some of it was heard";
  played(ipc::PlayoutReport::kSentence, 1, 1);
  EXPECT_THAT(conversation->state().says, IsEmpty());
}

TEST_F(ConversationStateTest, KeepsItsLanguage) {
  open(false, "de-DE");
  const ConversationState state = conversation->state();
  config.default_language = "fr-FR";
  opened.clear_language();
  go_on_elsewhere(state);
  type("hallo");
  EXPECT_EQ(brain.requests().back().language, "de-DE");
}

ConversationState full_state() {
  ConversationState state;
  state.language = "zh-CN";
  state.last_turn = TurnId{41};
  state.floor = {.mode = ListenMode::kManual, .hears = false, .key_held = true, .nags = 2};
  state.hearing = {.silence = 720ms, .echo_loss_db = 26.5};
  state.dialogue = {
      {.words = "on", .reply = {assistant("", {call("c1")}), answer("c1", "true"), assistant("It is on.")}},
      {.words = "", .reply = {assistant("Dinner.")}}};
  state.tools = {.tools = {{.name = "self.a", .description = "d", .input_schema = "{}"}}, .last_id = 7};
  state.late_results = {{.call = call("c2"), .text = std::string("42")},
                        {.call = call("c3"), .text = Error{ErrorCode::kTimeout, "no answer"}}};
  state.says = {{.id = "s1", .text = "Hello.", .again = true}};
  state.reply = ReplyUnderWay{
      .turn = TurnId{41},
      .source = TurnSource::kText,
      .remembered = true,
      .words = "off",
      .record = ReplyRecord({assistant("", {call("c4")}), answer("c4", "true")}, {"", "It is off."}, {1}),
      .complete = true,
      .heard = 1,
      .say_id = "s0"};
  return state;
}

TEST(CheckpointTest, HoldsAllOfIt) {
  const ConversationState state = full_state();
  const ConversationState read = through_bytes(state);
  EXPECT_EQ(read.language, state.language);
  EXPECT_EQ(read.last_turn, state.last_turn);
  EXPECT_EQ(read.floor.mode, state.floor.mode);
  EXPECT_EQ(read.floor.hears, state.floor.hears);
  EXPECT_EQ(read.floor.key_held, state.floor.key_held);
  EXPECT_EQ(read.floor.nags, state.floor.nags);
  EXPECT_EQ(read.hearing.silence, state.hearing.silence);
  EXPECT_EQ(read.hearing.echo_loss_db, state.hearing.echo_loss_db);
  ASSERT_THAT(read.dialogue, SizeIs(2));
  EXPECT_EQ(read.dialogue[0].words, "on");
  EXPECT_EQ(lines(read.dialogue[0].reply), lines(state.dialogue[0].reply));
  EXPECT_EQ(lines(read.dialogue[1].reply), lines(state.dialogue[1].reply));
  ASSERT_TRUE(read.tools.has_value());
  EXPECT_EQ(read.tools->last_id, 7);
  ASSERT_THAT(read.tools->tools, SizeIs(1));
  EXPECT_EQ(read.tools->tools[0].name, "self.a");
  ASSERT_THAT(read.late_results, SizeIs(2));
  EXPECT_EQ(*read.late_results[0].text, "42");
  EXPECT_EQ(read.late_results[1].text.error().message, "no answer");
  EXPECT_EQ(read.says, state.says);
  ASSERT_TRUE(read.reply.has_value());
  EXPECT_EQ(read.reply->turn, TurnId{41});
  EXPECT_EQ(read.reply->source, TurnSource::kText);
  EXPECT_EQ(read.reply->words, "off");
  EXPECT_EQ(read.reply->record.sentences(), state.reply->record.sentences());
  EXPECT_EQ(lines(read.reply->record.heard(2)), lines(state.reply->record.heard(2)));
  EXPECT_EQ(write_checkpoint(read), write_checkpoint(state));
}

TEST(CheckpointTest, FitsWhateverIsKnown) {
  ConversationState state = full_state();
  state.tools->tools.assign(100, {.name = "t", .description = "", .input_schema = std::string(8000, 's')});
  ConversationState read = through_bytes(state);
  EXPECT_FALSE(read.tools.has_value()) << "the device is asked again";
  EXPECT_THAT(read.dialogue, SizeIs(2));

  state.dialogue.assign(40, {.words = std::string(10'000, 'w'), .reply = {}});
  state.dialogue.back().words = "the latest";
  read = through_bytes(state);
  EXPECT_LE(write_checkpoint(state).size(), kMaxCheckpointBytes);
  EXPECT_GT(read.dialogue.size(), 15U);
  EXPECT_EQ(read.dialogue.back().words, "the latest");
}

TEST(CheckpointTest, RefusesWhatNoWorkerWrites) {
  const auto refuses = [](const std::function<void(ipc::Checkpoint&)>& change) {
    ipc::Checkpoint checkpoint;
    EXPECT_TRUE(checkpoint.ParseFromString(write_checkpoint(full_state())));
    change(checkpoint);
    const auto read = read_checkpoint(as_bytes(checkpoint.SerializeAsString()));
    return !read.ok() && read.error().code == ErrorCode::kInvalid;
  };
  using C = ipc::Checkpoint;
  EXPECT_FALSE(refuses([](C&) {}));
  EXPECT_TRUE(refuses([](C& c) { c.set_version(2); }));
  EXPECT_TRUE(refuses([](C& c) { c.set_language(std::string(65, 'x')); }));
  EXPECT_TRUE(refuses([](C& c) { c.set_last_turn(0xffff'ffff); })) << "the next would be 0";
  EXPECT_TRUE(refuses([](C& c) { c.mutable_floor()->set_mode(static_cast<ipc::CheckpointFloor::Mode>(9)); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_floor()->set_mode(ipc::CheckpointFloor::kAuto); }))
      << "with a key";
  EXPECT_TRUE(refuses([](C& c) {
    c.mutable_floor()->set_key_held(false);
    c.mutable_floor()->set_hears(true);
  })) << "push-to-talk without a key";
  EXPECT_TRUE(refuses([](C& c) { c.mutable_floor()->set_nags(0xffff'ffff); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_hearing()->set_silence_ms(0xffff'ffff); }));
  for (const double db : {-1.0, 1e9, std::nan(""), HUGE_VAL})
    EXPECT_TRUE(refuses([&](C& c) { c.mutable_hearing()->set_echo_loss_db(db); })) << db;
  EXPECT_TRUE(refuses([](C& c) { c.mutable_reply()->set_turn(0); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_reply()->add_rounds(0); })) << "sentences only grow";
  EXPECT_TRUE(refuses([](C& c) { c.mutable_reply()->add_rounds(99); })) << "more than there are";
  EXPECT_TRUE(refuses([](C& c) { c.mutable_reply()->set_say_id(std::string(65, 'x')); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_reply()->mutable_messages(1)->set_call_id("c9"); }));
  EXPECT_TRUE(
      refuses([](C& c) { c.mutable_reply()->set_source(static_cast<ipc::CheckpointReply::Source>(9)); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_turns(0)->mutable_reply(1)->set_call_id("c9"); }))
      << "an answer to nothing";
  EXPECT_TRUE(refuses([](C& c) {
    c.mutable_turns(0)->mutable_reply(0)->set_role(static_cast<ipc::CheckpointMessage::Role>(7));
  }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_turns(0)->mutable_reply(1)->add_calls(); }))
      << "a tool that calls";
  EXPECT_TRUE(refuses([](C& c) {
    for (int i = 0; i < 300; ++i) c.mutable_turns(1)->add_reply();
  }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_tools()->set_last_id(1'000'000'000); })) << "the gateway's";
  EXPECT_TRUE(refuses([](C& c) { c.mutable_tools()->mutable_tools(0)->clear_name(); }));
  EXPECT_TRUE(refuses([](C& c) {
    for (int i = 0; i < 129; ++i) c.mutable_tools()->add_tools()->set_name("t");
  }));
  EXPECT_TRUE(refuses([](C& c) {
    for (int i = 0; i < 9; ++i) c.add_late_results();
  }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_says(0)->clear_text(); }));
  EXPECT_TRUE(refuses([](C& c) { c.mutable_says(0)->set_text(std::string(5000, 'x')); }));
  EXPECT_TRUE(refuses([](C& c) {
    for (int i = 0; i < 9; ++i) c.add_says()->set_text("x");
  }));
}

TEST(CheckpointTest, RefusesBytesThatAreNone) {
  EXPECT_EQ(read_checkpoint({}).error().code, ErrorCode::kInvalid) << "no version";
  const std::string written = write_checkpoint(full_state());
  EXPECT_EQ(read_checkpoint(as_bytes(written.substr(0, written.size() - 1))).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(read_checkpoint(as_bytes(std::string("\x12\x02\xff\xfe"))).error().code, ErrorCode::kInvalid)
      << "no UTF-8";
  EXPECT_EQ(read_checkpoint(Bytes(kMaxCheckpointBytes + 1)).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::worker
