// Services that answer far too much, or no text at all:
// what reaches the device stays small, valid and in order.
#include "tests/unit/worker/conversation/conversation_fixture.h"

namespace earshot::worker {
namespace {

constexpr std::size_t kMostShown = 1100;  // of one text on the device

class HostileServicesTest : public ConversationTest {
 protected:
  void hear_and_answer() {
    open();
    start(ipc::Listen::kAuto);
    utterance();
  }
  // The device got each text whole, short and as UTF-8, and listens again.
  void expect_harmless() {
    played(ipc::PlayoutReport::kStarted, 1, 0);
    wait(60s);
    std::size_t spoken = 0;
    for (const std::string& line : log) {
      EXPECT_LE(line.size(), kMostShown);
      EXPECT_EQ(json::clean_text(line, line.size()), line) << "not valid UTF-8";
      if (line.starts_with("sentence")) spoken += line.size();
    }
    EXPECT_LE(spoken, config.turn.reply_bytes + 64 * log.size());
    EXPECT_EQ(log.back(), "end 1");
  }
};

TEST_F(HostileServicesTest, AReplyOfTenMegabytesIsCutToWhatCanBeSpoken) {
  brain.set_script([](const LlmRequest&) { return says(std::string(10'000'000, 'a')); });
  hear_and_answer();
  expect_harmless();
}

TEST_F(HostileServicesTest, ASentenceOfAHundredKilobytesIsSpokenInPieces) {
  brain.set_script([](const LlmRequest&) {
    std::string endless;
    while (endless.size() < 100'000) endless += "and then ";
    return says(endless);
  });
  hear_and_answer();
  expect_harmless();
  for (const TtsRequest& request : tts.requests()) {
    EXPECT_LE(request.text.size(), SentenceSplitter::kMaxSentenceBytes);
  }
}

TEST_F(HostileServicesTest, BytesThatAreNoTextAreNeverShownOrSpoken) {
  brain.set_script([](const LlmRequest&) { return says("Hello \xff\xc3\x28 there\xed\xa0\x80."); });
  asr.hears("what \xff\xfe time");
  hear_and_answer();
  expect_harmless();
}

TEST_F(HostileServicesTest, ATranscriptOfAHundredKilobytesIsCutForTheDevice) {
  asr.hears(std::string(100'000, 'x'));
  hear_and_answer();
  expect_harmless();
}

TEST_F(HostileServicesTest, AFaceThatIsNoNameIsLeftOut) {
  brain.set_script([](const LlmRequest&) {
    ScriptedBrain::Answer answer = says("Hello.");
    answer.emotion = std::string(5000, 'f');
    return answer;
  });
  hear_and_answer();
  expect_harmless();
  EXPECT_THAT(log, Contains("face neutral"));
}

}  // namespace
}  // namespace earshot::worker
