#include "worker/mcp_servers/web_address.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(WebAddress, KnowsTheOriginOfAUrl) {
  EXPECT_EQ(url_origin("http://a.b:1/c?d"), "http://a.b:1");
  EXPECT_EQ(url_origin("https://user:word@a.b?c"), "https://a.b");
  EXPECT_EQ(url_origin("ftp://a.b"), std::nullopt);
  EXPECT_EQ(url_origin("http:///c"), std::nullopt);
  EXPECT_EQ(url_origin("http://a.b\r\nX: y"), std::nullopt);
}

TEST(WebAddress, AServerMayNameAddressesOfItsOwnOnly) {
  const std::string base = "http://a.b:1/mcp/sse?key=1";
  EXPECT_EQ(same_origin_url(base, "/messages?id=2"), "http://a.b:1/messages?id=2");
  EXPECT_EQ(same_origin_url(base, "messages"), "http://a.b:1/mcp/messages");
  EXPECT_EQ(same_origin_url("http://a.b", "messages"), "http://a.b/messages");
  EXPECT_EQ(same_origin_url(base, "http://a.b:1/x"), "http://a.b:1/x");
  EXPECT_EQ(same_origin_url(base, "http://a.b:2/x"), std::nullopt);
  EXPECT_EQ(same_origin_url(base, "//c.d/x"), std::nullopt);
  EXPECT_EQ(same_origin_url(base, "http://a.b:1@c.d/x"), std::nullopt);
  EXPECT_EQ(same_origin_url(base, ""), std::nullopt);
}

}  // namespace
}  // namespace earshot::worker
