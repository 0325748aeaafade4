#include "common/auth/path_probe.h"

#include <gtest/gtest.h>

namespace earshot::auth {
namespace {

constexpr SteadyTime kNow{std::chrono::seconds(5000)};
constexpr PathProbeNonce kNonce{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

class PathProbeTest : public testing::Test {
 protected:
  PathProbeResponder issuer_{Secret("secret of the process")};
  PathProbeResponder shard_ = issuer_;
  PathProbeTicket ticket_ = issuer_.ticket(kNow);
};

TEST_F(PathProbeTest, AGoodQuestionIsAnsweredInTheSameLengthAndTheAskerKnowsIt) {
  const auto question = path_probe_question(ticket_, kNonce);
  const auto answer = shard_.answer(question, kNow);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->size(), question.size());
  EXPECT_TRUE(is_path_probe_answer(*answer, ticket_, kNonce));
}

TEST_F(PathProbeTest, NeitherTheQuestionNorAnotherOnesAnswerPassesForTheAnswer) {
  const auto question = path_probe_question(ticket_, kNonce);
  EXPECT_FALSE(is_path_probe_answer(question, ticket_, kNonce));
  PathProbeNonce other = kNonce;
  other[0] = 99;
  EXPECT_FALSE(is_path_probe_answer(*shard_.answer(question, kNow), ticket_, other));
  EXPECT_FALSE(is_path_probe_answer({}, ticket_, kNonce));
}

TEST_F(PathProbeTest, AnyChangedBitIsMetWithSilence) {
  const auto question = path_probe_question(ticket_, kNonce);
  for (std::size_t i = 0; i < question.size(); ++i) {
    PathProbeResponder fresh = issuer_;
    auto changed = question;
    changed[i] ^= 1;
    EXPECT_FALSE(fresh.answer(changed, kNow).has_value()) << "byte " << i;
  }
}

TEST_F(PathProbeTest, OtherLengthsAndTypesAreMetWithSilence) {
  const auto question = path_probe_question(ticket_, kNonce);
  EXPECT_FALSE(shard_.answer(ByteView(question).first(39), kNow).has_value());
  Bytes longer(question.begin(), question.end());
  longer.push_back(0);
  EXPECT_FALSE(shard_.answer(longer, kNow).has_value());
  EXPECT_FALSE(shard_.answer(*shard_.answer(question, kNow), kNow).has_value()) << "an answer is no question";
}

TEST_F(PathProbeTest, ATicketEndsAndCannotBeMadeToLastLonger) {
  const auto question = path_probe_question(ticket_, kNonce);
  EXPECT_TRUE(shard_.answer(question, kNow + PathProbeResponder::kTicketLife).has_value());
  EXPECT_FALSE(
      shard_.answer(question, kNow + PathProbeResponder::kTicketLife + std::chrono::seconds(1)).has_value());
  const auto early = path_probe_question(issuer_.ticket(kNow + std::chrono::seconds(2)), kNonce);
  EXPECT_FALSE(shard_.answer(early, kNow).has_value());
}

TEST_F(PathProbeTest, ATicketOfAnotherProcessIsMetWithSilence) {
  PathProbeResponder other(Secret("another secret"));
  EXPECT_FALSE(other.answer(path_probe_question(ticket_, kNonce), kNow).has_value());
}

TEST_F(PathProbeTest, AFloodIsCheckedOnlySoOftenASecondAndThenGoesOn) {
  auto forged = path_probe_question(ticket_, kNonce);
  forged.back() ^= 1;
  for (int i = 0; i < PathProbeResponder::kChecksPerSecond; ++i)
    EXPECT_FALSE(shard_.answer(forged, kNow).has_value());
  const auto good = path_probe_question(ticket_, kNonce);
  EXPECT_FALSE(shard_.answer(good, kNow).has_value());
  EXPECT_TRUE(shard_.answer(good, kNow + std::chrono::seconds(1)).has_value());
}

}  // namespace
}  // namespace earshot::auth
