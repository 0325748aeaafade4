#include "gateway/broker/login_policy.h"

#include <gtest/gtest.h>

namespace earshot::broker {
namespace {

using auth::LoginVerdict;

constexpr std::string_view kDevice = "G@@@11_22_33_44_55_66@@@u";
constexpr std::string_view kGateway = "earshot-gateway-1";

LoginPolicy policy() {
  return {Secret("key"), "gw", Secret("gw-password")};
}
std::string password(std::string_view client_id, std::string_view username) {
  return auth::sign(Secret("key"), client_id, username);
}

TEST(LoginPolicyTest, EachKindHasItsOwnCredentials) {
  EXPECT_EQ(policy().check(kDevice, "u", password(kDevice, "u")), LoginVerdict::kGood);
  EXPECT_EQ(policy().check(kGateway, "gw", "gw-password"), LoginVerdict::kGood);
}

TEST(LoginPolicyTest, NobodyTakesOverTheGatewayWithADevicesPassword) {
  EXPECT_EQ(policy().check(kGateway, "u", password(kGateway, "u")), LoginVerdict::kBadPassword);
  constexpr std::string_view kBoth = "earshot-gateway-@@@11_22_33_44_55_66@@@u";
  EXPECT_NE(policy().check(kBoth, "u", password(kBoth, "u")), LoginVerdict::kGood);
}

TEST(LoginPolicyTest, TheGatewaysPasswordOpensNoDevice) {
  EXPECT_EQ(policy().check(kDevice, "gw", "gw-password"), LoginVerdict::kBadPassword);
}

TEST(LoginPolicyTest, TheGatewayNeedsNameAndPassword) {
  EXPECT_EQ(policy().check(kGateway, "gw", ""), LoginVerdict::kBadPassword);
  EXPECT_EQ(policy().check(kGateway, "gw", "gw-passwore"), LoginVerdict::kBadPassword);
  EXPECT_EQ(policy().check(kGateway, "", "gw-password"), LoginVerdict::kBadPassword);
  EXPECT_EQ(LoginPolicy(Secret("key"), "gw", Secret()).check(kGateway, "gw", ""), LoginVerdict::kBadPassword);
}

TEST(LoginPolicyTest, OtherClientIdsAreRefused) {
  for (const std::string_view id :
       {"", "earshot-gateway-", "earshot-gateway-a/b", "earshot-gateway-#", "root"}) {
    EXPECT_EQ(policy().check(id, "gw", "gw-password"), LoginVerdict::kBadClientId) << id;
  }
}

}  // namespace
}  // namespace earshot::broker
