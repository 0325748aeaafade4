// What ends an utterance in each dialect of the FunASR server (provider-protocol 3.2).
#include "worker/providers/asr/funasr_dialogue.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

FunasrTask spoken(FunasrDialect dialect) {
  FunasrTask task;
  task.dialect = dialect;
  return task;
}

WsStep step(FunasrDialogue& dialogue, std::string_view message) {
  const auto taken = dialogue.receive(false, as_bytes(message));
  EXPECT_TRUE(taken.ok());
  return taken.ok() ? *taken : WsStep::kContinue;
}

constexpr const char* kOnline = R"({"mode":"2pass-online","text":"wha","is_final":true})";
constexpr const char* kSegment = R"({"mode":"2pass-offline","text":"what","is_final":false})";
constexpr const char* kSegmentTrue = R"({"mode":"2pass-offline","text":"what","is_final":true})";
constexpr const char* kEnd = R"({"text":"","is_final":true})";

TEST(FunasrDialogue, NothingEndsItWhileTheUserSpeaks) {
  for (const auto dialect : {FunasrDialect::kCpp2pass, FunasrDialect::kCppOffline, FunasrDialect::kPyWss}) {
    FunasrDialogue dialogue(spoken(dialect));
    dialogue.begin();
    for (const char* message : {kOnline, kSegment, kSegmentTrue, kEnd}) {
      EXPECT_EQ(step(dialogue, message), WsStep::kContinue);
    }
  }
}

TEST(FunasrDialogue, TheCppServerEndsWithIsFinal) {
  FunasrDialogue dialogue(spoken(FunasrDialect::kCpp2pass));
  dialogue.begin();
  dialogue.finish();
  EXPECT_FALSE(dialogue.whole(false));
  EXPECT_EQ(step(dialogue, kSegment), WsStep::kSettling);
  EXPECT_EQ(step(dialogue, kEnd), WsStep::kEnded);
  EXPECT_EQ(dialogue.transcript(), "what");
}

TEST(FunasrDialogue, TheOfflineServerEndsWithItsOneAnswer) {
  FunasrDialogue dialogue(spoken(FunasrDialect::kCppOffline));
  dialogue.begin();
  dialogue.finish();
  EXPECT_EQ(step(dialogue, R"({"mode":"offline","text":"<|en|>what","is_final":false})"), WsStep::kEnded);
  EXPECT_EQ(dialogue.transcript(), "what");
}

TEST(FunasrDialogue, ThePythonServersIsFinalSaysNothing) {
  FunasrDialogue dialogue(spoken(FunasrDialect::kPyWss));
  dialogue.begin();
  dialogue.finish();
  EXPECT_EQ(step(dialogue, kOnline), WsStep::kContinue);
  EXPECT_EQ(step(dialogue, kSegmentTrue), WsStep::kSettling);
  EXPECT_TRUE(dialogue.whole(false));
}

TEST(FunasrDialogue, AnErrorTextAndWhatIsNoJsonEndTheTask) {
  FunasrDialogue dialogue({});
  dialogue.begin();
  EXPECT_FALSE(dialogue.receive(false, as_bytes(R"({"text":"ERROR. only PCM","is_final":true})")).ok());
  EXPECT_FALSE(dialogue.receive(false, as_bytes("<html>")).ok());
}

}  // namespace
}  // namespace earshot::worker
