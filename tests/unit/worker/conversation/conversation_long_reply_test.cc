// Stories, slow brains, and results that come at the wrong moment.
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

class LongReplies : public ConversationTest {
 protected:
  static std::string story(int sentences) {
    std::string text;
    for (int i = 1; i <= sentences; ++i) text += "Sentence " + std::to_string(i) + " of the story. ";
    return text;
  }
  // The gateway: plays what it was sent in real time, and says so.
  void play_until_over(std::uint32_t turn) {
    std::uint32_t told = 0;
    std::size_t frames = 0;
    played(ipc::PlayoutReport::kStarted, turn, 0);
    for (bool ended = false; !ended;) {
      for (const std::string& line : take_log()) {
        if (line.starts_with("sentence ")) sentences.push_back(line);
        ended = ended || line == "end " + std::to_string(turn);
      }
      longest_queue = std::max(longest_queue, sentences.size() - told);
      if (told < sentences.size()) {
        played(ipc::PlayoutReport::kSentence, turn, ++told, static_cast<std::uint32_t>(frames));
        frames += 84;  // five seconds
        wait(5s);
      } else if (!ended) {
        wait(100ms);
      }
      ASSERT_LT(told, 1000U);
    }
    for (; told < sentences.size(); wait(5s)) {
      played(ipc::PlayoutReport::kSentence, turn, ++told, static_cast<std::uint32_t>(frames));
      frames += 84;
    }
    played(ipc::PlayoutReport::kFinished, turn, told, static_cast<std::uint32_t>(frames));
  }
  std::vector<std::string> sentences;
  std::size_t longest_queue = 0;
};

TEST_F(LongReplies, AStoryOfTenMinutesIsMadeToItsEndAndNotFarAhead) {
  brain.set_script([](const LlmRequest&) { return says(story(120)); });
  tts.speak_for(5s);
  open();
  type("tell me a story");
  EXPECT_LE(tts.requests().size(), 4U) << "ten seconds ahead, and the sentence that crosses them";
  play_until_over(1);
  EXPECT_THAT(sentences, SizeIs(120));
  EXPECT_LE(longest_queue, 4U);
  EXPECT_EQ(traces.back().end, TurnEnd::kAnswered);
}

TEST_F(LongReplies, AStoryThatIsInterruptedIsRememberedAsFarAsItWasHeard) {
  brain.set_script([](const LlmRequest&) { return says(story(120)); });
  tts.speak_for(5s);
  open();
  type("tell me a story");
  played(ipc::PlayoutReport::kStarted, 1, 0);
  played(ipc::PlayoutReport::kSentence, 1, 1);
  wait(5s);
  played(ipc::PlayoutReport::kSentence, 1, 2, 84);
  abort();
  brain.set_script(echo);
  type("and then?");
  EXPECT_THAT(lines(brain.requests().back().dialogue),
              Contains("assistant: Sentence 1 of the story. Sentence 2 of the story."));
}

TEST_F(LongReplies, ABrainMayWriteSlowly) {
  brain.set_script([](const LlmRequest&) { return hangs(); });
  open();
  type("tell me a story");
  for (int i = 0; i < 60; ++i) {
    wait(5s);
    brain.write("Sentence " + std::to_string(i) + " of it. ");
    run();
  }
  EXPECT_THAT(log, Not(Contains(HasSubstr("Sorry"))));
  EXPECT_THAT(log, Contains("sentence 59 Sentence 58 of it."));
}

TEST_F(LongReplies, ABrainMayThinkAsLongAsItShowsThatItLives) {
  brain.set_script([](const LlmRequest&) { return hangs(); });
  open();
  type("think");
  for (int i = 0; i < 20; ++i) {
    wait(5s);
    brain.live();
    run();
  }
  EXPECT_THAT(take_log(), ElementsAre("stt think")) << "100 s";
  wait(30s);
  EXPECT_THAT(log, Contains("sentence 1 Sorry, I can not answer right now.")) << "but not for ever";
}

TEST_F(LongReplies, AReplyWithoutAnEndIsCutAndTheBrainStopped) {
  brain.set_script([](const LlmRequest&) { return says(story(5000)); });
  config.turn.reply_bytes = 100;
  open();
  type("tell me everything");
  EXPECT_THAT(log, Contains(StartsWith("sentence 4 ")));
  EXPECT_THAT(log, Contains("end 1"));
  EXPECT_THAT(log, Not(Contains(HasSubstr("Sorry"))));
}

}  // namespace
}  // namespace earshot::worker
