// What an agent makes of a conversation: prompt, language, greeting, farewell.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

using testing::IsSupersetOf;

TEST_F(ConversationTest, ThePromptStandsInFrontAndIsFilledAnew) {
  config.agent.prompt = "It is {{time}} for {{agent}}, {{language}}.";
  config.agent.name = "kim";
  open();
  clock.set_wall(std::chrono::system_clock::time_point(std::chrono::hours(24 * 365)));
  type("hi");
  const Message first = brain.requests().back().dialogue.front();
  EXPECT_EQ(first.role, Message::Role::kSystem);
  EXPECT_THAT(first.text, StartsWith("It is "));
  EXPECT_THAT(first.text, HasSubstr(" for kim, en-US."));
  clock.set_wall(clock.wall() + 61s);
  type("hi");
  EXPECT_NE(brain.requests().back().dialogue.front().text, first.text);
}

TEST_F(ConversationTest, TheLanguageIsTheAgentsElseTheDevicesElseTheUsualOne) {
  const struct {
    std::string agent, device, spoken;
  } cases[] = {{"fr-FR", "de-DE", "fr-FR"}, {"", "de-DE", "de-DE"}, {"", "", "en-US"}};
  for (const auto& one : cases) {
    config.agent.language = one.agent;
    open(false, one.device);
    type("hi");
    EXPECT_EQ(brain.requests().back().language, one.spoken);
  }
}

TEST_F(ConversationTest, AFixedGreetingIsSaidWithoutTheBrain) {
  config.greet_on_wake_word = true;
  config.agent.greeting = "Hi there!";
  open();
  listen(ipc::Listen::kDetect, ipc::Listen::kAuto, "hi esp");
  start(ipc::Listen::kAuto);
  EXPECT_THAT(take_log(), ElementsAre("stt hi esp", "face happy", "start 1", "sentence 1 Hi there!",
                                      "audio 1.1", "end 1"));
  EXPECT_THAT(brain.requests(), IsEmpty());
  played(ipc::PlayoutReport::kFinished, 1, 1);
  type("what?");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              IsSupersetOf({"user: hello", "assistant: Hi there!", "user: what?"}));
}

TEST_F(ConversationTest, TheDeviceShowsWhatIsWrittenAndTheVoiceGetsWords) {
  config.agent.replacements = {{"Earshot", "ear shot"}};
  open();
  type("**Earshot** costs $5.99");
  EXPECT_THAT(log, Contains("sentence 1 You said Earshot costs $5.99."));
  ASSERT_THAT(tts.requests(), SizeIs(1));
  EXPECT_EQ(tts.requests()[0].text, "You said ear shot costs five dollars and ninety-nine cents.");
  played(ipc::PlayoutReport::kFinished, 1, 1);
  type("and?");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              Contains(HasSubstr("assistant: You said **Earshot** costs $5.99.")));
}

TEST_F(ConversationTest, AnExitWordEndsTheSessionWithAFarewell) {
  for (const char* word : {"Goodbye!", "再见。", "good bye", "退出"}) {
    config.agent.farewell = "See you.";
    open();
    start(ipc::Listen::kAuto);
    asr.hears(word);
    utterance();
    EXPECT_THAT(take_log(), ElementsAre(std::string("stt ") + word, "face relaxed", "start 1",
                                        "sentence 1 See you.", "audio 1.1", "end 1", "session end"));
  }
  EXPECT_THAT(brain.requests(), IsEmpty());
}

TEST_F(ConversationTest, AnExitWordInASentenceIsNoExit) {
  open();
  start(ipc::Listen::kAuto);
  asr.hears("say goodbye to my friend");
  utterance();
  EXPECT_THAT(log, Contains("sentence 1 You said say goodbye to my friend."));
}

TEST_F(ConversationTest, ADeviceThatHearsNobodyForLongIsToldGoodbye) {
  config.idle_farewell = 60s;
  open();
  start(ipc::Listen::kAuto);
  utterance();
  played(ipc::PlayoutReport::kFinished, 1);
  start(ipc::Listen::kAuto);
  take_log();
  wait(59s);
  EXPECT_THAT(log, IsEmpty());
  wait(2s);
  EXPECT_THAT(take_log(), ElementsAre("face relaxed", "start 2", "sentence 1 Goodbye.", "audio 2.1", "end 2",
                                      "session end"));
  EXPECT_EQ(counted(ConversationEvent::kIdleFarewell), 1U);
  wait(120s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, NobodyIsIdleWhileSomebodySpeaksOrAnAnswerPlays) {
  config.idle_farewell = 60s;
  open();
  start(ipc::Listen::kAuto);
  wait(55s);
  utterance();
  take_log();
  wait(65s);
  EXPECT_THAT(log, IsEmpty()) << "the answer is still playing";
  played(ipc::PlayoutReport::kFinished, 1);
  start(ipc::Listen::kAuto);
  wait(55s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, ADeviceThatDoesNotListenIsLeftAlone) {
  config.idle_farewell = 60s;
  open();
  wait(70s);
  start(ipc::Listen::kManual);
  wait(70s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, ZeroMeansNoFarewell) {
  config.idle_farewell = 0s;
  open();
  start(ipc::Listen::kAuto);
  wait(300s);
  EXPECT_THAT(log, IsEmpty());
}

TEST_F(ConversationTest, AnEndPromptLetsTheBrainSayGoodbye) {
  config.idle_farewell = 60s;
  config.agent.end_prompt = "Say goodbye, mention {{agent}}.";
  brain.set_script([](const LlmRequest& request) {
    EXPECT_EQ(request.dialogue.back().role, Message::Role::kSystem);
    EXPECT_EQ(request.dialogue.back().text, "Say goodbye, mention default.");
    return says("So long!");
  });
  open();
  start(ipc::Listen::kAuto);
  wait(61s);
  EXPECT_THAT(take_log(), ElementsAre("face happy", "start 1", "sentence 1 So long!", "audio 1.1", "end 1",
                                      "session end"));
}

TEST_F(ConversationTest, AnEndPromptThatFailsEndsTheSessionAllTheSame) {
  config.idle_farewell = 60s;
  config.agent.end_prompt = "Say goodbye.";
  brain.set_script([](const LlmRequest&) {
    ScriptedBrain::Answer answer;
    answer.status = Error{ErrorCode::kUnavailable, "scripted"};
    return answer;
  });
  open();
  start(ipc::Listen::kAuto);
  wait(61s);
  EXPECT_EQ(log.back(), "session end");
}

TEST_F(ConversationTest, AnEmojiAtTheFrontOfAReplyIsTheFaceAndIsNotSpoken) {
  brain.set_script([](const LlmRequest&) {
    return ScriptedBrain::Answer{.emotion = {},
                                 .deltas = {"\xf0\x9f", "\x98\x8a Hello", " there. 👍 Bye."},
                                 .calls = {},
                                 .status = kDone,
                                 .hangs = false};
  });
  open();
  type("hi");
  EXPECT_THAT(take_log(), ElementsAre("stt hi", "face happy", "start 1", "sentence 1 Hello there.",
                                      "audio 1.1", "sentence 2 Bye.", "audio 1.2", "end 1"));
}

}  // namespace
}  // namespace earshot::worker
