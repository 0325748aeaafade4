#include "common/http/client_address.h"

#include <gtest/gtest.h>

namespace earshot::http {
namespace {

Request request_from(const std::string& peer, const std::vector<std::string>& forwarded) {
  Request made;
  made.peer = peer;
  for (const auto& line : forwarded) made.headers.add("x-forwarded-for", line);
  return made;
}

TEST(TrustedProxiesTest, WithoutProxiesTheHeaderIsNoise) {
  EXPECT_EQ(TrustedProxies().client_of(request_from("10.0.0.1", {"1.2.3.4"})), "10.0.0.1");
}

TEST(TrustedProxiesTest, TheNearestAddressThatIsNoProxyOfOursCounts) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "::1"}).value();
  EXPECT_EQ(proxies.client_of(request_from("10.0.0.1", {"203.0.113.9"})), "203.0.113.9");
  EXPECT_EQ(proxies.client_of(request_from("10.0.0.1", {"6.6.6.6, 203.0.113.9, 10.1.1.1"})), "203.0.113.9")
      << "what the client wrote itself stands further left";
  EXPECT_EQ(proxies.client_of(request_from("10.0.0.1", {"6.6.6.6", "203.0.113.9"})), "203.0.113.9")
      << "a proxy may add a line of its own";
  EXPECT_EQ(proxies.client_of(request_from("192.0.2.1", {"203.0.113.9"})), "192.0.2.1");
  EXPECT_EQ(proxies.client_of(request_from("::1", {"2001:db8::5"})), "2001:db8::5");
  EXPECT_EQ(proxies.client_of(request_from("10.0.0.1", {"unknown"})), "10.0.0.1");
  EXPECT_EQ(proxies.client_of(request_from("10.0.0.1", {})), "10.0.0.1");
}

TEST(TrustedProxiesTest, OnlyAProxyMayVouchForTls) {
  const auto proxies = TrustedProxies::parse({"10.0.0.1"}).value();
  Request secure = request_from("10.0.0.1", {});
  secure.headers.add("X-Forwarded-Proto", "https");
  EXPECT_TRUE(proxies.client_used_tls(secure));
  secure.peer = "10.0.0.2";
  EXPECT_FALSE(proxies.client_used_tls(secure));
}

TEST(TrustedProxiesTest, RefusesWhatIsNoNetwork) {
  for (const char* bad : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::/129", "10.0.0.0/-1"}) {
    EXPECT_FALSE(TrustedProxies::parse({bad}).ok()) << bad;
  }
  EXPECT_TRUE(TrustedProxies::parse({"0.0.0.0/0"}).value().trusts("9.9.9.9"));
  EXPECT_FALSE(TrustedProxies::parse({"10.0.0.0/31"}).value().trusts("10.0.0.2"));
}

TEST(LimitKeyTest, AnIpv6HostCountsByItsNetwork) {
  EXPECT_EQ(limit_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(limit_key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(limit_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(limit_key("2001:db8:1:2::9"), limit_key("2001:db8:1:2:ffff::"));
}

TEST(LoopbackTest, KnowsThisMachine) {
  for (const char* here : {"127.0.0.1", "127.8.8.8", "::1", "localhost", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(here)) << here;
  }
  for (const char* elsewhere : {"0.0.0.0", "::", "192.168.1.2", "", "localhost.example"}) {
    EXPECT_FALSE(is_loopback(elsewhere)) << elsewhere;
  }
}

}  // namespace
}  // namespace earshot::http
