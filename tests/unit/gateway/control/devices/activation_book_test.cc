#include "gateway/control/devices/activation_book.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace earshot::gateway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const store::WallTime kNow{Milliseconds(1'790'000'000'000)};
const SteadyTime kSteady{};

Applicant applicant(int number, const std::string& uuid = "u") {
  char mac[18];
  std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", number / 256, number % 256);
  return {.device = *DeviceId::parse(mac), .uuid = uuid, .serial = ""};
}

ActivationBook book(const ActivationLimits& limits = {}) {
  return ActivationBook(limits, [random = std::mt19937(7)]() mutable { return random(); });
}

TEST(ActivationBookTest, AnApplicantKeepsItsCodeWhileItIsOpen) {
  auto codes = book();
  const auto first = codes.code_for(applicant(1), "p", kNow);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size(), 6U);
  EXPECT_EQ(codes.code_for(applicant(1), "other", kNow + hours(23)).value(), *first);
  EXPECT_NE(codes.code_for(applicant(1), "p", kNow + hours(25)).value(), *first);
}

TEST(ActivationBookTest, EachUuidOfAMacHasItsOwnCode) {
  auto codes = book();
  EXPECT_NE(codes.code_for(applicant(1, "a"), "p", kNow).value(),
            codes.code_for(applicant(1, "b"), "p", kNow).value());
}

TEST(ActivationBookTest, CodesAreUniqueAndSpreadOverAllSixDigits) {
  auto codes = book({.per_peer = 1000});
  std::set<std::string> seen;
  int below_half = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto code = codes.code_for(applicant(i), "p", kNow).value();
    EXPECT_TRUE(seen.insert(code).second) << code;
    below_half += code < "500000" ? 1 : 0;
  }
  EXPECT_NEAR(below_half, 500, 80);  // 5 standard deviations
}

TEST(ActivationBookTest, AClosedCodeRestsForADay) {
  // A generator that says the same number twice: the second time it is resting.
  std::deque<std::uint32_t> numbers{42, 42, 43};
  ActivationBook codes({}, [&] {
    const auto number = numbers.front();
    numbers.pop_front();
    return number;
  });
  EXPECT_EQ(codes.code_for(applicant(1), "p", kNow).value(), "000042");
  codes.close("000042", kNow);
  EXPECT_EQ(codes.code_for(applicant(2), "p", kNow).value(), "000043");
  codes.expire(kNow + hours(25));
  numbers = {42};
  EXPECT_EQ(codes.code_for(applicant(3), "p", kNow + hours(25)).value(), "000042");
}

TEST(ActivationBookTest, NumbersThatWouldFavourSmallCodesAreDrawnAgain) {
  std::deque<std::uint32_t> numbers{4'294'000'000, 4'294'967'295, 123'456};
  ActivationBook codes({}, [&] {
    const auto number = numbers.front();
    numbers.pop_front();
    return number;
  });
  EXPECT_EQ(codes.code_for(applicant(1), "p", kNow).value(), "123456");
}

TEST(ActivationBookTest, FindsTheApplicantOfATypedCode) {
  auto codes = book();
  const auto code = codes.code_for(applicant(1), "p", kNow).value();
  const auto typed = code.substr(0, 3) + " " + code.substr(3);
  const auto found = codes.look_up(typed, "ann", "10.0.0.1", kNow, kSteady);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->applicant, applicant(1));
  codes.close(found->code, kNow);
  EXPECT_EQ(codes.look_up(code, "ann", "10.0.0.1", kNow, kSteady).error().code, ErrorCode::kNotFound);
}

TEST(ActivationBookTest, AnExpiredCodeOpensNothing) {
  auto codes = book();
  const auto code = codes.code_for(applicant(1), "p", kNow).value();
  EXPECT_FALSE(codes.look_up(code, "ann", "x", kNow + hours(24), kSteady).ok());
}

TEST(ActivationBookTest, AfterFiveWrongCodesARightOneIsNotTakenEither) {
  auto codes = book();
  const auto code = codes.code_for(applicant(1), "p", kNow).value();
  const std::string wrong = code == "000000" ? "000001" : "000000";
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(codes.look_up(wrong, "eve", "x" + std::to_string(i), kNow, kSteady).error().code,
              ErrorCode::kNotFound);
  }
  EXPECT_EQ(codes.look_up(code, "eve", "y", kNow, kSteady).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(codes.look_up(code, "ann", "y", kNow, kSteady).ok());
  EXPECT_TRUE(codes.look_up(code, "eve", "y", kNow, kSteady + minutes(20)).ok());
}

TEST(ActivationBookTest, ManyUsersFromOneAddressShareItsTries) {
  auto codes = book();
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(codes.look_up("no", "eve" + std::to_string(i), "x", kNow, kSteady).ok());
  }
  EXPECT_EQ(codes.look_up("no", "mallory", "x", kNow, kSteady).error().code, ErrorCode::kUnavailable);
}

TEST(ActivationBookTest, OneAddressHoldsOnlySoManyCodes) {
  auto codes = book({.per_peer = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(codes.code_for(applicant(i), "p", kNow).ok());
  EXPECT_EQ(codes.code_for(applicant(3), "p", kNow).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(codes.code_for(applicant(3), "q", kNow).ok());
}

TEST(ActivationBookTest, AFloodPushesOutItselfAndNotTheDeviceAtHome) {
  auto codes = book({.max_open = 100, .per_peer = 60});
  const auto home = codes.code_for(applicant(10'000), "home", kNow).value();
  for (int i = 0; i < 1000; ++i) {
    (void)codes.code_for(applicant(i), i % 2 == 0 ? "eve" : "mallory", kNow + Milliseconds(i));
  }
  EXPECT_EQ(codes.open(), 100U);
  EXPECT_TRUE(codes.look_up(home, "ann", "x", kNow, kSteady).ok());
  const auto late = codes.code_for(applicant(10'001), "late", kNow + minutes(1));
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(codes.open(), 100U);
  EXPECT_EQ(codes.pushed_out(), 1U);
  EXPECT_EQ(codes.take_forgotten(), std::vector<DeviceId>{applicant(0).device}) << "the oldest of the flood";
}

TEST(ActivationBookTest, AFullBookOfEqualsRefusesTheNextOne) {
  auto codes = book({.max_open = 10});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(codes.code_for(applicant(i), std::to_string(i), kNow).ok());
  EXPECT_FALSE(codes.code_for(applicant(10), "10", kNow).ok());
  EXPECT_TRUE(codes.code_for(applicant(10), "10", kNow + hours(24)).ok()) << "expired ones make room";
}

TEST(ActivationBookTest, OneSiteWithAThousandNetworksPushesOutItself) {
  auto codes = book({.max_open = 100});
  const auto home = codes.code_for(applicant(10'000), "2001:db8:1:1::/64", kNow).value();
  for (int i = 0; i < 300; ++i) {
    (void)codes.code_for(applicant(i), "2001:db8:bad:" + std::to_string(i) + "::/64", kNow + Milliseconds(i));
  }
  EXPECT_TRUE(codes.code_for(applicant(10'001), "2001:db8:2:1::/64", kNow + minutes(1)).ok());
  EXPECT_TRUE(codes.code_for(applicant(10'002), "192.0.2.7", kNow + minutes(1)).ok());
  EXPECT_TRUE(codes.look_up(home, "ann", "x", kNow, kSteady).ok());
  EXPECT_EQ(codes.open(), 100U);
}

TEST(ActivationBookTest, ABookOfEqualsIsNotFullForADay) {
  auto codes = book({.max_open = 10});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(codes.code_for(applicant(i), std::to_string(i), kNow).ok());
  EXPECT_FALSE(codes.code_for(applicant(10), "10", kNow + minutes(59)).ok());
  EXPECT_TRUE(codes.code_for(applicant(10), "10", kNow + minutes(60)).ok());
  EXPECT_EQ(codes.open(), 10U);
}

TEST(ActivationBookTest, SurvivesARestart) {
  auto before = book();
  const auto code = before.code_for(applicant(1), "p", kNow).value();
  const auto closed = before.code_for(applicant(2), "p", kNow).value();
  before.close(closed, kNow);
  auto after = book();
  after.load(before.save(), kNow + hours(1));
  EXPECT_EQ(after.look_up(code, "ann", "x", kNow + hours(1), kSteady).value().applicant, applicant(1));
  EXPECT_EQ(after.open(), 1U);
  EXPECT_EQ(after.save(), before.save());
}

TEST(ActivationBookTest, LoadsNothingThatIsOverOrDamaged) {
  auto codes = book();
  for (const char* damaged :
       {"", "[]", "{\"open\":7}", R"({"open":[{"code":"1","device":"x"}],"resting":[[1,2],"x"]})",
        R"({"open":[{"code":"123456","device":"02:00:00:00:00:01","uuid":"u","peer":"p","expires":5}]})"}) {
    codes.load(damaged, kNow);
    EXPECT_EQ(codes.open(), 0U) << damaged;
  }
}

TEST(ActivationBookTest, CloseAllEndsEveryCodeOfADevice) {
  auto codes = book();
  (void)codes.code_for(applicant(1, "a"), "p", kNow);
  (void)codes.code_for(applicant(1, "b"), "p", kNow);
  (void)codes.code_for(applicant(2), "p", kNow);
  codes.close_all(applicant(1).device, kNow);
  EXPECT_EQ(codes.open(), 1U);
  EXPECT_TRUE(codes.take_forgotten().empty());
}

}  // namespace
}  // namespace earshot::gateway
