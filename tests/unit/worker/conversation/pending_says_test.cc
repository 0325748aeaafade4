#include "worker/conversation/pending_says.h"

#include <gmock/gmock.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> ids(const std::vector<PendingSay>& says) {
  std::vector<std::string> out;
  for (const PendingSay& say : says) out.push_back(say.id);
  return out;
}

class PendingSaysTest : public testing::Test {
 protected:
  bool add(const std::string& id) { return says.add({.id = id, .text = "text of " + id}); }

  PendingSays says;
};

TEST_F(PendingSaysTest, AreSpokenInTheirOrder) {
  add("a");
  add("b");
  EXPECT_EQ(says.begin(TurnId{1}).text, "text of a");
  EXPECT_EQ(says.begin(TurnId{2}).id, "b");
  EXPECT_TRUE(says.empty());
  EXPECT_EQ(says.end(TurnId{2})->id, "b");
  EXPECT_EQ(says.end(TurnId{2}), std::nullopt) << "once";
  EXPECT_EQ(says.end(TurnId{3}), std::nullopt) << "a turn that spoke something else";
}

TEST_F(PendingSaysTest, AreBounded) {
  for (std::size_t i = 0; i < PendingSays::kMax; ++i) EXPECT_TRUE(add("s"));
  EXPECT_FALSE(add("one more"));
}

TEST_F(PendingSaysTest, ComeFirstAgainOnceWhenNothingWasHeard) {
  add("a");
  add("b");
  says.begin(TurnId{1});
  auto cut = says.end(TurnId{1});
  EXPECT_TRUE(says.put_back(*cut));
  EXPECT_EQ(says.begin(TurnId{2}).id, "a");
  cut = says.end(TurnId{2});
  EXPECT_FALSE(says.put_back(*cut));
  EXPECT_THAT(ids(says.take_all()), ElementsAre("b"));
  EXPECT_THAT(says.take_all(), IsEmpty());
}

TEST_F(PendingSaysTest, KnowWhatNobodyHasHeardYet) {
  add("a");
  add("b");
  says.begin(TurnId{1});
  EXPECT_THAT(ids(says.unheard(TurnId{1})), ElementsAre("a", "b"));
  EXPECT_THAT(ids(says.unheard(TurnId{2})), ElementsAre("b"));
  EXPECT_THAT(ids(says.unheard(std::nullopt)), ElementsAre("b"));
  EXPECT_THAT(ids(PendingSays(says.unheard(TurnId{1})).take_all()), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace earshot::worker
