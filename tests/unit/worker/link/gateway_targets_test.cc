#include "worker/link/gateway_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

std::vector<std::string> addresses_of(const std::vector<GatewayTarget>& targets) {
  std::vector<std::string> texts;
  for (const GatewayTarget& target : targets) texts.push_back(target.endpoint.text() + " " + target.name);
  return texts;
}

class GatewayTargetsTest : public testing::Test {
 protected:
  static std::vector<ipc::Endpoint> parsed(const std::vector<std::string>& texts) {
    std::vector<ipc::Endpoint> endpoints;
    for (const std::string& text : texts) endpoints.push_back(ipc::parse_endpoint(text).value());
    return endpoints;
  }
  GatewayTargets::Change answer(const std::vector<std::string>& addresses) {
    return targets_.answered(0, addresses, "not found", now_);
  }

  SteadyTime now_{1h};
  GatewayTargets targets_{parsed({"unix:/x", "tls:192.0.2.1:9443", "tls:gw.example:9443"})};
};

TEST_F(GatewayTargetsTest, AddressesNeedNoLookUp) {
  EXPECT_THAT(addresses_of(targets_.fixed()), ElementsAre("unix:/x ", "tls:192.0.2.1:9443 192.0.2.1"));
}

TEST_F(GatewayTargetsTest, ANameLeadsToAllItsAddressesUnderItsName) {
  const auto due = targets_.due(now_);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].host, "gw.example");
  EXPECT_THAT(targets_.due(now_), IsEmpty()) << "it is asked already";
  EXPECT_THAT(addresses_of(answer({"10.0.0.2", "10.0.0.1"}).added),
              ElementsAre("tls:10.0.0.1:9443 gw.example", "tls:10.0.0.2:9443 gw.example"));
}

TEST_F(GatewayTargetsTest, ChangesOfTheAnswerAreFollowed) {
  targets_.due(now_);
  answer({"10.0.0.1", "10.0.0.2"});
  EXPECT_THAT(targets_.due(now_ + GatewayTargets::kAskAgain - 1ms), IsEmpty());
  now_ += GatewayTargets::kAskAgain;
  ASSERT_THAT(targets_.due(now_), SizeIs(1));
  const auto change = answer({"10.0.0.2", "10.0.0.3"});
  EXPECT_THAT(addresses_of(change.added), ElementsAre("tls:10.0.0.3:9443 gw.example"));
  EXPECT_THAT(addresses_of(change.gone), ElementsAre("tls:10.0.0.1:9443 gw.example"));
}

// A resolver that is away must not take the gateways along.
TEST_F(GatewayTargetsTest, ALookUpThatFailsChangesNothing) {
  targets_.due(now_);
  answer({"10.0.0.1"});
  now_ += GatewayTargets::kAskAgain;
  targets_.due(now_);
  const auto change = answer({});
  EXPECT_THAT(change.gone, IsEmpty());
  EXPECT_THAT(change.tell, HasSubstr("those that are linked stay"));
}

TEST_F(GatewayTargetsTest, ANameThatLeadsNowhereIsToldOnceAndAskedWithAGrowingPause) {
  std::vector<std::string> told;
  std::vector<SteadyTime> asked;
  for (SteadyTime at = now_; at < now_ + 120s; at += 100ms) {
    if (targets_.due(at).empty()) continue;
    asked.push_back(at);
    told.push_back(targets_.answered(0, {}, "not found", at).tell);
  }
  EXPECT_THAT(told.front(), HasSubstr("name=gw.example why=\"not found\""));
  EXPECT_EQ(std::ranges::count(told, ""), std::ssize(told) - 1);
  ASSERT_THAT(asked, SizeIs(testing::Ge(6U)));
  EXPECT_EQ(asked[1] - asked[0], 1s);
  EXPECT_EQ(asked[2] - asked[1], 2s);
  EXPECT_EQ(asked.back() - asked[asked.size() - 2], GatewayTargets::kLongestPause);
  // It is told again when it fails again later.
  targets_.due(now_ + 200s);
  targets_.answered(0, {"10.0.0.1"}, "", now_ + 200s);
  targets_.due(now_ + 300s);
  EXPECT_NE(targets_.answered(0, {}, "not found", now_ + 300s).tell, "");
}

TEST_F(GatewayTargetsTest, AnEndlessAnswerIsCut) {
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back("10.0.0." + std::to_string(i));
  targets_.due(now_);
  EXPECT_THAT(answer(many).added, SizeIs(GatewayTargets::kMostOfAName));
}

}  // namespace
}  // namespace earshot::worker
