#include "gateway/broker/uplink_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::broker {
namespace {

constexpr const char* kHello = R"({"type":"hello","version":3,"transport":"udp","features":{"mcp":true}})";
constexpr const char* kListen = R"({"session_id":"x","type":"listen","state":"start","mode":"auto"})";

class UplinkBudgetTest : public testing::Test {
 protected:
  using Verdict = UplinkBudget::Verdict;

  static std::string client(int number, const std::string& group = "GID_board") {
    return group + "@@@02_00_00_00_00_" + std::to_string(10 + number) + "@@@uuid";
  }
  int good(const std::string& client_id, const std::string& payload, int of) {
    int count = 0;
    for (int i = 0; i < of; ++i) count += budget_.say(client_id, payload, now_) == Verdict::kGood ? 1 : 0;
    return count;
  }
  UplinkBudget budget_;
  SteadyTime now_{std::chrono::hours(1)};
};

TEST_F(UplinkBudgetTest, EachDeviceHasItsOwnBurstOfBytes) {
  EXPECT_EQ(good(client(1), std::string(62'000, 'x'), 100), 4);
  EXPECT_EQ(good(client(2), std::string(62'000, 'x'), 100), 4);
}

TEST_F(UplinkBudgetTest, EmptyMessagesAndSubscriptionsCostToo) {
  EXPECT_EQ(good(client(1), "", 100'000), 1024);
}

TEST_F(UplinkBudgetTest, TheRateHoldsOverTime) {
  good(client(1), "", 100'000);
  int count = 0;
  for (int i = 0; i < 10'000; ++i) {
    now_ += Milliseconds(1);
    count += good(client(1), "", 1);
  }
  EXPECT_NEAR(count, 2500, 10) << "in 10 s";
}

TEST_F(UplinkBudgetTest, HellosComeFiveAtOnceAndThenOneASecond) {
  EXPECT_EQ(good(client(1), kHello, 100), 5);
  EXPECT_EQ(good(client(1), kListen, 10), 10) << "it is only the hellos";
  now_ += Milliseconds(1000);
  EXPECT_EQ(good(client(1), kHello, 100), 1);
}

TEST_F(UplinkBudgetTest, ManyConnectionsOfOneDeviceHaveOneBudget) {
  int hellos = 0;
  for (int i = 0; i < 50; ++i) hellos += good(client(1, "GID_b" + std::to_string(i)), kHello, 10);
  EXPECT_EQ(hellos, 5);
}

TEST_F(UplinkBudgetTest, WhoGoesOnIsThrownOutAndWhoPausesIsNot) {
  good(client(1), "", 2000);
  int kicks = 0;
  for (int i = 0; i < 1000; ++i) kicks += budget_.say(client(1), "", now_) == Verdict::kKick ? 1 : 0;
  EXPECT_GT(kicks, 0);
  now_ += std::chrono::seconds(30);
  EXPECT_EQ(good(client(1), "", 10), 10) << "nothing is held against it for long";

  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 8; ++i) EXPECT_NE(budget_.say(client(2), kHello, now_), Verdict::kKick);
    now_ += std::chrono::seconds(1);
  }
}

TEST_F(UplinkBudgetTest, LoginsAreLimited) {
  int logins = 0;
  for (int i = 0; i < 100; ++i) logins += budget_.log_in(client(1), now_) ? 1 : 0;
  EXPECT_EQ(logins, 10);
  EXPECT_TRUE(budget_.log_in(client(2), now_));
  now_ += UplinkBudget::kLoginEach;
  EXPECT_TRUE(budget_.log_in(client(1), now_));
}

TEST_F(UplinkBudgetTest, ATalkingDeviceOf82ToolsDoesNotNotice) {
  for (int conversation = 0; conversation < 30; ++conversation) {
    EXPECT_EQ(good(client(1), kHello, 1), 1);
    EXPECT_EQ(good(client(1), std::string(8 * 1024, 'x'), 6), 6) << "six pages of tools";
    EXPECT_EQ(good(client(1), kListen, 20), 20);
    EXPECT_EQ(good(client(1), std::string(60'000, 'x'), 1), 1) << "a picture";
    now_ += std::chrono::seconds(5);
  }
}

TEST(LooksLikeHelloTest, FindsTheTypeWhereverItStands) {
  EXPECT_TRUE(looks_like_hello(kHello));
  EXPECT_TRUE(looks_like_hello(R"({"version":3, "type" : "hello"})"));
  EXPECT_TRUE(looks_like_hello("{\"a\":{\"type\":\"x\"},\n\"type\"\t:\n\"hello\"}"));
  EXPECT_FALSE(looks_like_hello(kListen));
  EXPECT_FALSE(looks_like_hello(R"({"type":"listen","state":"detect","text":"hello"})"));
  EXPECT_FALSE(looks_like_hello(R"({"type":"mcp","payload":{"result":"say \"hello\""}})"));
  EXPECT_FALSE(looks_like_hello(R"({"type")"));
  EXPECT_FALSE(looks_like_hello(R"({"type":)"));
  EXPECT_FALSE(looks_like_hello(""));
}

}  // namespace
}  // namespace earshot::broker
