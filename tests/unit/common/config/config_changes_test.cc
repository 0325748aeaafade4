#include "common/config/config_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ConfigChanges, NameWhatDiffersAndWhatOnlyOneHas) {
  EXPECT_THAT(changed_keys("a: 1\nb.c: 2\ngone: x\n", "a: 1\nb.c: 3\nnew: y\n"),
              ElementsAre("b.c", "gone", "new"));
  EXPECT_THAT(changed_keys("a: 1\n", "a: 1\n"), IsEmpty());
  EXPECT_THAT(changed_keys("a: x: 1\n", "a: x: 2\n"), ElementsAre("a")) << "a value may hold the separator";
}

TEST(ConfigChanges, AreAppliedOnlyWhereTheKeyIsLive) {
  const auto sorted =
      sort_changes({"log.level", "log.format", "session.idle_timeout_ms"}, {"log.level", "session."});
  EXPECT_THAT(sorted.applied, ElementsAre("log.level", "session.idle_timeout_ms"));
  EXPECT_THAT(sorted.wants_restart, ElementsAre("log.format"));
}

TEST(ConfigChanges, ALongListIsCut) {
  EXPECT_EQ(listed({"a", "b"}), "a, b");
  EXPECT_EQ(listed(std::vector<std::string>(23, "k")).substr(20 * 3 - 2), ", and 3 more");
}

TEST(ConfigChanges, ProblemsBecomeOneLine) {
  EXPECT_EQ(one_line("f:1: wrong\nf:2: unknown\n"), "f:1: wrong; f:2: unknown");
}

}  // namespace
}  // namespace earshot
