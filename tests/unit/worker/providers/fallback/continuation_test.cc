#include "worker/providers/fallback/continuation.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

struct ContinuationCase {
  const char* said;
  const char* continuation;
  const char* added;
};

class RepetitionFilterTest : public testing::TestWithParam<ContinuationCase> {};

TEST_P(RepetitionFilterTest, LeavesOutWhatWasSaidInPiecesOfAnySize) {
  const std::string text = GetParam().continuation;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    RepetitionFilter filter(GetParam().said);
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += size) out += filter.add(text.substr(i, size));
    out += filter.finish();
    EXPECT_EQ(out, GetParam().added) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RepetitionFilterTest,
    testing::Values(
        ContinuationCase{"The capital of France is", " Paris.", " Paris."},
        ContinuationCase{"The capital of France is", "Paris.", " Paris."},
        ContinuationCase{"The capital of France is ", "Paris.", "Paris."},
        ContinuationCase{"The capital of France is", "The capital of France is Paris.", " Paris."},
        ContinuationCase{"The capital of France is", "of France is Paris.", " Paris."},
        ContinuationCase{"The capital of France is", "of France", ""},
        ContinuationCase{"The capital of France is", "The capital of Spain", " The capital of Spain"},
        ContinuationCase{"I am here. I am here.", " I am here. I am here. Now.", " Now."},
        ContinuationCase{"It is a", "a dog.", " a dog."},
        ContinuationCase{"\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c",
                         "\u5929\u6c14\u5f88\u597d\uff0c\u51fa\u95e8\u5427", "\u51fa\u95e8\u5427"},
        ContinuationCase{"\u4eca\u5929", "\u5929\u6c14\u597d", "\u5929\u6c14\u597d"}));

TEST(Continuation, GivesTheDialogueThePartialReplyAndEndsWithTheUser) {
  LlmRequest request;
  request.dialogue.push_back(
      {.role = Message::Role::kUser, .text = "hi", .tool_calls = {}, .tool_call_id = {}});
  const LlmRequest next = continued(request, "Good mor");
  ASSERT_EQ(next.dialogue.size(), 3U);
  EXPECT_EQ(next.dialogue[1].role, Message::Role::kAssistant);
  EXPECT_EQ(next.dialogue[1].text, "Good mor");
  EXPECT_EQ(next.dialogue[2].role, Message::Role::kUser);
}

}  // namespace
}  // namespace earshot::worker
