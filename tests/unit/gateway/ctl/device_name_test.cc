#include "gateway/ctl/device_name.h"

#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

const std::vector<NamedDevice> kDevices{{"aa:bb:cc:00:00:01", "kitchen"},
                                        {"aa:bb:cc:00:00:02", "kitchen lamp"},
                                        {"aa:bb:cc:00:00:03", "Hall"},
                                        {"aa:bb:dd:00:00:04", ""},
                                        {"aa:bb:cc:00:00:05", "hall"}};

std::string id_of(std::string_view text) {
  return match_device(text, kDevices).id;
}

TEST(DeviceNameTest, AWholeNameWinsOverAPrefix) {
  EXPECT_EQ(id_of("kitchen"), "aa:bb:cc:00:00:01");
  EXPECT_EQ(id_of("kitchen l"), "aa:bb:cc:00:00:02");
}

TEST(DeviceNameTest, ExactLettersWinOverAnyCase) {
  EXPECT_EQ(id_of("Hall"), "aa:bb:cc:00:00:03");
  EXPECT_EQ(id_of("hall"), "aa:bb:cc:00:00:05");
  EXPECT_EQ(match_device("HALL", kDevices).candidates.size(), 2u);
}

TEST(DeviceNameTest, AnIdMayBeginWithColonsOrUnderscores) {
  EXPECT_EQ(id_of("aa:bb:dd"), "aa:bb:dd:00:00:04");
  EXPECT_EQ(id_of("AA_BB_DD"), "aa:bb:dd:00:00:04");
  EXPECT_EQ(id_of("AA-BB-DD"), "aa:bb:dd:00:00:04");
  EXPECT_EQ(id_of("aabb.dd"), "aa:bb:dd:00:00:04");
}

TEST(DeviceNameTest, APrefixOfSeveralNamesThem) {
  const DeviceMatch match = match_device("ki", kDevices);
  EXPECT_EQ(match.id, "");
  ASSERT_EQ(match.candidates.size(), 2u);
  EXPECT_EQ(match.candidates[1].name, "kitchen lamp");
}

TEST(DeviceNameTest, NothingFitsNothing) {
  EXPECT_TRUE(match_device("", kDevices).candidates.empty());
  EXPECT_TRUE(match_device("garage", kDevices).candidates.empty());
}

}  // namespace
}  // namespace earshot::ctl
