#include "gateway/control/say/version_floor.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

TEST(VersionFloor, ComparesNumbersNotTexts) {
  const auto floor = VersionFloor::parse("2.5.0");
  ASSERT_TRUE(floor);
  for (const char* enough : {"2.5.0", "2.5", "2.10.0", "2.5.0.1", "3"})
    EXPECT_TRUE(floor->reached(enough)) << enough;
  for (const char* less : {"2.4.9", "2", "1.99", "0.0.0"}) EXPECT_FALSE(floor->reached(less)) << less;
}

TEST(VersionFloor, TakesDottedNumbersOnly) {
  const auto floor = VersionFloor::parse("2.5.0");
  ASSERT_TRUE(floor);
  for (const char* bad :
       {"", ".", "2.", ".5", "2.5.0-rc1", "-2.5", "2.-5", "v2.5.0", "2..5", "99999999999"}) {
    EXPECT_FALSE(VersionFloor::parse(bad)) << bad;
    EXPECT_FALSE(floor->reached(bad)) << bad;
  }
}

}  // namespace
}  // namespace earshot::gateway
