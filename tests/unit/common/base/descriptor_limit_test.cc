#include "common/base/descriptor_limit.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

TEST(DescriptorLimitTest, TheSoftLimitBecomesTheHardOne) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = std::min<rlim_t>(64, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(DescriptorLimitTest, HttpLeavesTheOthersTheirShare) {
  EXPECT_EQ(http_descriptors(1'048'576), 768U);
  EXPECT_EQ(http_descriptors(1024), 768U);
  EXPECT_EQ(http_descriptors(400), 144U);
  EXPECT_EQ(http_descriptors(100), 16U);
}

}  // namespace
}  // namespace earshot
