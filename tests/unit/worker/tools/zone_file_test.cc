#include "worker/tools/zone_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::worker {
namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string part(char version, int time_bytes, const std::vector<std::int64_t>& times) {
  std::string file = std::string("TZif") + version + std::string(15, '\0');
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{0}, std::size_t{0}, times.size(), std::size_t{2}, std::size_t{4}})
    file += number(count, 4);
  for (const std::int64_t time : times) file += number(static_cast<std::uint64_t>(time), time_bytes);
  for (std::size_t i = 0; i < times.size(); ++i) file += static_cast<char>((i + 1) % 2);
  file += number(3600, 4) + std::string(2, '\0') + number(7200, 4) + std::string(2, '\0');
  return file + std::string("ABC\0", 4);
}

TEST(ZoneFile, HasTheOffsetOfTheLatestTransition) {
  const std::string first = part('1', 4, {1000, 2000});
  EXPECT_EQ(zone_offset(first, 999), 3600);
  EXPECT_EQ(zone_offset(first, 1000), 7200);
  EXPECT_EQ(zone_offset(first, 5000), 3600);
  const std::string second = part('2', 4, {}) + part('2', 8, {-5, 9'000'000'000});
  EXPECT_EQ(zone_offset(second, -6), 3600);
  EXPECT_EQ(zone_offset(second, 0), 7200);
  EXPECT_EQ(zone_offset(second, 9'000'000'000), 3600);
}

TEST(ZoneFile, IsNoneWhenItIsCutOrLies) {
  const std::string good = part('2', 4, {}) + part('2', 8, {-5, 10});
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(zone_offset(good.substr(0, size), 0)) << size;
  std::string huge = part('1', 4, {1});
  huge.replace(32, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(zone_offset(huge, 0));
  std::string type = part('1', 4, {1});
  type[44 + 4] = 9;
  EXPECT_FALSE(zone_offset(type, 5));
  EXPECT_FALSE(zone_offset("not a zone", 0));
}

TEST(ZoneFile, IsNamedWithoutAWayOutOfItsFolder) {
  for (const char* good : {"Asia/Tokyo", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires"})
    EXPECT_TRUE(is_zone_name(good)) << good;
  for (const char* bad : {"", "/UTC", "UTC/", "a//b", "..", "../x", "a b", "a\nb", "x.y"})
    EXPECT_FALSE(is_zone_name(bad)) << bad;
}

}  // namespace
}  // namespace earshot::worker
