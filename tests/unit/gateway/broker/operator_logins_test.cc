#include "gateway/broker/operator_logins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/base/sha256.h"

namespace earshot::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string line(const std::string& name, const std::string& password) {
  return name + " " + to_hex(sha256(as_bytes(password))) + "\n";
}

TEST(OperatorLogins, KnowsWhoIsInTheTableByEitherName) {
  OperatorLogins logins;
  ASSERT_TRUE(logins.replace(line("ann", "secret") + line("bob", "other")).accepted);
  EXPECT_TRUE(logins.check("ann", "secret"));
  EXPECT_TRUE(logins.check("operator:ann", "secret"));
  EXPECT_FALSE(logins.check("ann", "other"));
  EXPECT_FALSE(logins.check("eve", "secret"));
  EXPECT_FALSE(logins.check("", ""));
  EXPECT_FALSE(logins.check("operator:", ""));
}

TEST(OperatorLogins, NobodyEntersBeforeTheTableIsThere) {
  EXPECT_FALSE(OperatorLogins().check("ann", "secret"));
}

TEST(OperatorLogins, ABrokenTableChangesNothing) {
  OperatorLogins logins;
  logins.replace(line("ann", "secret"));
  logins.came("c1", &logins, "ann");
  for (const std::string& bad : {std::string("ann"), std::string("ann x\n"), "Ann " + std::string(64, '0'),
                                 "a/b " + std::string(64, '0'), "ann " + std::string(64, 'G'),
                                 line("bob", "x") + "\n", line(std::string(33, 'a'), "x")}) {
    const auto replaced = logins.replace(bad);
    EXPECT_FALSE(replaced.accepted) << bad;
    EXPECT_THAT(replaced.thrown_out, IsEmpty());
  }
  EXPECT_TRUE(logins.check("ann", "secret"));
}

TEST(OperatorLogins, BoundsTheTable) {
  std::string table;
  for (std::size_t i = 0; i < OperatorLogins::kMaxOperators; ++i) table += line("o" + std::to_string(i), "x");
  OperatorLogins logins;
  EXPECT_TRUE(logins.replace(table).accepted);
  EXPECT_FALSE(logins.replace(table + line("one-more", "x")).accepted);
}

TEST(OperatorLogins, WhoLeftTheTableOrGotANewPasswordIsThrownOut) {
  OperatorLogins logins;
  logins.replace(line("ann", "1") + line("bob", "2") + line("cid", "3"));
  int one = 0;
  int two = 0;
  logins.came("c1", &one, "ann");
  logins.came("c2", &one, "operator:bob");
  logins.came("c3", &one, "cid");
  logins.came("c4", &one, "ann");
  logins.left("c4", &one);
  logins.came("c5", &one, "ann");
  logins.came("c5", &two, "ann");  // took its old connection over
  logins.left("c5", &one);
  EXPECT_THAT(logins.replace(line("bob", "2") + line("cid", "new")).thrown_out,
              ElementsAre("c1", "c3", "c5"));
}

}  // namespace
}  // namespace earshot::broker
