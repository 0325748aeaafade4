#include "gateway/control/say/notice_store.h"

#include <gtest/gtest.h>

#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

struct Address {
  std::string number;
  std::string secret;
};
Address address_of(const NoticeStore::Kept& kept) {
  const auto slash = kept.path.rfind('/');
  return {std::to_string(kept.number), kept.path.substr(slash + 1)};
}

TEST(NoticeStore, GivesAFileToWhoeverKnowsItsAddress) {
  NoticeStore store;
  const SteadyTime now{1h};
  const auto kept = store.put("ogg", now);
  ASSERT_TRUE(kept);
  const Address address = address_of(*kept);
  EXPECT_EQ(kept->path, "/xiaozhi/speech/" + address.number + "/" + address.secret);
  ASSERT_TRUE(store.find(address.number, address.secret, now));
  EXPECT_EQ(store.find(address.number, address.secret, now)->file, "ogg");
}

TEST(NoticeStore, GivesNothingForAnAddressThatItDidNotMake) {
  NoticeStore store;
  const SteadyTime now{1h};
  const Address address = address_of(*store.put("ogg", now));
  const Address other = address_of(*store.put("other", now));
  for (const auto& [number, secret] :
       {std::pair<std::string, std::string>{address.number, other.secret},
        {"3", address.secret},
        {"", ""},
        {address.number, ""},
        {address.number, ".ogg"},
        {address.number + "x", address.secret},
        {"-1", address.secret},
        {"99999999999999999999999", address.secret},
        {address.number, address.secret.substr(0, address.secret.size() - 4)}}) {
    EXPECT_FALSE(store.find(number, secret, now)) << number << "/" << secret;
  }
}

TEST(NoticeStore, ForgetsWhatIsOldOrWasFetched) {
  NoticeStore store;
  SteadyTime now{1h};
  const auto kept = store.put("ogg", now);
  const Address address = address_of(*kept);
  EXPECT_FALSE(store.find(address.number, address.secret, now + NoticeStore::kLife));
  ASSERT_TRUE(store.put("new", now + NoticeStore::kLife));
  EXPECT_EQ(store.bytes(), 3U) << "the old one still takes room";
  store.erase(kept->number + 1);
  EXPECT_EQ(store.bytes(), 0U);
}

TEST(NoticeStore, RefusesMoreThanItHasRoomFor) {
  NoticeStore store;
  const SteadyTime now{1h};
  EXPECT_FALSE(store.put(std::string(NoticeStore::kMaxBytes + 1, 'x'), now));
  EXPECT_TRUE(store.put(std::string(NoticeStore::kMaxBytes, 'x'), now));
  EXPECT_FALSE(store.put("y", now));
  NoticeStore many;
  for (std::size_t i = 0; i < NoticeStore::kMaxFiles; ++i) ASSERT_TRUE(many.put("x", now));
  EXPECT_FALSE(many.put("x", now));
}

}  // namespace
}  // namespace earshot::gateway
