#include "worker/dialogue/reply_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/worker/conversation/dialogues.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReplyRecord, KeepsTheSentencesThatWereHeard) {
  ReplyRecord reply;
  for (const char* sentence : {"One.", "Two.", "Three."}) reply.add_sentence(sentence);
  EXPECT_THAT(lines(reply.heard(2)), ElementsAre("assistant: One. Two.")) << "the round goes on";
  reply.end_round("One. Two. Three.", {});
  EXPECT_THAT(lines(reply.heard(0)), IsEmpty());
  EXPECT_THAT(lines(reply.heard(1)), ElementsAre("assistant: One."));
  EXPECT_THAT(lines(reply.heard(3)), ElementsAre("assistant: One. Two. Three."));
  EXPECT_THAT(lines(reply.heard(99)), ElementsAre("assistant: One. Two. Three."));
}

TEST(ReplyRecord, KeepsCallsThatWereMadeAndDropsThoseThatWereNot) {
  ReplyRecord reply;
  reply.add_sentence("Let me see.");
  reply.end_round("Let me see.", {call("1"), call("2")});
  reply.add_answer(answer("1", "5 C"));
  EXPECT_THAT(lines(reply.heard(0)), ElementsAre("assistant:  +1", "tool 1: 5 C"));
  EXPECT_THAT(lines(reply.heard(1)), ElementsAre("assistant: Let me see. +1", "tool 1: 5 C"));
}

TEST(ReplyRecord, CutsTheRoundThatWasInterrupted) {
  ReplyRecord reply;
  reply.add_sentence("Wait.");
  reply.end_round("Wait.", {call("1")});
  reply.add_answer(answer("1", "ok"));
  reply.add_sentence("Done.");
  reply.add_sentence("And more.");
  reply.end_round("Done. And more.", {});
  EXPECT_THAT(lines(reply.heard(2)), ElementsAre("assistant: Wait. +1", "tool 1: ok", "assistant: Done."));
}

TEST(ReplyRecord, CountsAFillerAsSpokenButNotAsTheBrainsWords) {
  ReplyRecord reply;
  reply.end_round("", {call("1")});
  reply.add_filler();
  reply.add_answer(answer("1", "ok"));
  reply.add_sentence("好了。");
  reply.add_sentence("还有。");
  reply.end_round("好了。还有。", {});
  EXPECT_THAT(lines(reply.heard(1)), ElementsAre("assistant:  +1", "tool 1: ok"));
  EXPECT_THAT(lines(reply.heard(2)), ElementsAre("assistant:  +1", "tool 1: ok", "assistant: 好了。"));
}

}  // namespace
}  // namespace earshot::worker
