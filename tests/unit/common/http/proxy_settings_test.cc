#include "common/http/proxy_settings.h"

#include <gtest/gtest.h>

#include <map>

namespace earshot::http {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Proxy> proxy_of(const Variables& variables, bool secure = true,
                              const std::string& host = "speech.example.com") {
  return proxy_for(secure, host, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

TEST(ProxySettings, WithoutAVariableThereIsNone) {
  EXPECT_FALSE(proxy_of({}));
}

TEST(ProxySettings, TakesTheVariableOfTheScheme) {
  const Variables variables{{"https_proxy", "http://secure.test:3128"}, {"http_proxy", "plain.test:8080/"}};
  EXPECT_EQ(proxy_of(variables, true)->host, "secure.test");
  EXPECT_EQ(proxy_of(variables, true)->port, "3128");
  EXPECT_EQ(proxy_of(variables, false)->host, "plain.test");
  EXPECT_EQ(proxy_of({{"ALL_PROXY", "HTTP://all.test"}}, false)->port, "1080");
  EXPECT_FALSE(proxy_of({{"HTTP_PROXY", "http://from.a.header"}}, false)) << "httpoxy";
}

TEST(ProxySettings, ReachesExceptedHostsWithoutIt) {
  for (const char* list : {"*", "example.com", ".example.com", "a.test, speech.EXAMPLE.com", "x,example.com"})
    EXPECT_FALSE(proxy_of({{"https_proxy", "p.test:1"}, {"no_proxy", list}})) << list;
  for (const char* list : {"", "ample.com", "other.example.com", ",,"})
    EXPECT_TRUE(proxy_of({{"https_proxy", "p.test:1"}, {"no_proxy", list}})) << list;
}

TEST(ProxySettings, SendsTheNameAndPasswordOfTheAddress) {
  const auto proxy = proxy_of({{"https_proxy", "http://user:pass@[::1]:3128"}});
  EXPECT_EQ(proxy->authorization, "Basic dXNlcjpwYXNz");
  EXPECT_EQ(proxy->host, "::1");
  EXPECT_EQ(proxy->port, "3128");
}

TEST(ProxySettings, TakesNoProxyOfAnotherKind) {
  for (const char* url :
       {"socks5://p.test:1080", "https://p.test", "http://", "http://p.test:port", "p.test:"})
    EXPECT_FALSE(proxy_of({{"https_proxy", url}})) << url;
}

}  // namespace
}  // namespace earshot::http
