#include "gateway/broker/presence_table.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::broker {
namespace {

class PresenceTableTest : public testing::Test {
 protected:
  std::string online() const {
    std::string all;
    table_.visit([&](const std::string& id) { all += id + " "; });
    return all;
  }

  PresenceTable table_;
  int first_ = 0;
  int second_ = 0;
};

TEST_F(PresenceTableTest, ALoginAndItsEnd) {
  table_.came("a", &first_);
  EXPECT_EQ(online(), "a ");
  EXPECT_TRUE(table_.is_online("a"));
  EXPECT_TRUE(table_.left("a", &first_));
  EXPECT_EQ(online(), "");
  EXPECT_FALSE(table_.is_online("a"));
}

TEST_F(PresenceTableTest, TheEndOfATakenOverConnectionIsNoEnd) {
  table_.came("a", &first_);
  table_.came("a", &second_);
  EXPECT_FALSE(table_.left("a", &first_));
  EXPECT_EQ(online(), "a ");
  EXPECT_TRUE(table_.left("a", &second_));
}

TEST_F(PresenceTableTest, TheEndOfARefusedLoginIsNoEnd) {
  table_.came("a", &first_);
  EXPECT_FALSE(table_.left("a", &second_));
  EXPECT_FALSE(table_.left("b", &second_));
  EXPECT_EQ(online(), "a ");
}

TEST_F(PresenceTableTest, AnEndCountsOnce) {
  table_.came("a", &first_);
  EXPECT_TRUE(table_.left("a", &first_));
  EXPECT_FALSE(table_.left("a", &first_));
}

}  // namespace
}  // namespace earshot::broker
