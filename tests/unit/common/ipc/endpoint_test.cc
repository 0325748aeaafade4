#include "common/ipc/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::ipc {
namespace {

TEST(Endpoint, ReadsWhatItWrites) {
  for (const std::string text : {"unix:/run/earshot/workers.sock", "unix:relative.sock", "tcp:127.0.0.1:9000",
                                 "tcp:127.8.9.1:1", "tcp:[::1]:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.ok()) << text;
    EXPECT_EQ(endpoint->text(), text);
  }
  EXPECT_EQ(parse_endpoint("tcp:localhost:9000")->text(), "tcp:127.0.0.1:9000");
}

TEST(Endpoint, RefusesWhatIsNoAddress) {
  for (const std::string text :
       {"", "unix:", "/run/x.sock", "tcp:", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tcp:127.0.0.1:65536",
        "tcp:127.0.0.1:-1", "tcp:127.0.0.1:9x", "tcp::9000", "tcp:somewhere:9000", "udp:127.0.0.1:9000"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint.ok()) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalid) << text;
  }
  EXPECT_FALSE(parse_endpoint("unix:/" + std::string(107, 'a')).ok()) << "longer than sun_path";
  EXPECT_TRUE(parse_endpoint("unix:/" + std::string(106, 'a')).ok());
}

TEST(Endpoint, RefusesTcpBeyondLoopbackAndSaysWhy) {
  for (const std::string text : {"tcp:0.0.0.0:9000", "tcp:192.0.2.1:9000", "tcp:[::]:9000",
                                 "tcp:[2001:db8::1]:9000", "tcp:128.0.0.1:1"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint.ok()) << text;
    EXPECT_NE(endpoint.error().message.find("loopback"), std::string::npos) << text;
  }
}

TEST(Endpoint, TlsMayGoAnywhereByNameOrAddress) {
  for (const char* text :
       {"tls:gw.example:9443", "tls:192.0.2.1:9443", "tls:[2001:db8::1]:9443", "tls:gw_1:0"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint.ok()) << endpoint.error().message;
    EXPECT_EQ(endpoint->kind, Endpoint::Kind::kTls);
    EXPECT_EQ(endpoint->text(), text);
  }
  EXPECT_FALSE(parse_endpoint("tls:gw.example:9443")->is_numeric());
  EXPECT_TRUE(parse_endpoint("tls:192.0.2.1:9443")->is_numeric());
  for (const char* text : {"tls:", "tls:gw.example", "tls::9443", "tls:gw example:9443", "tls:gw/x:9443",
                           "tls:gw.example:99999"})
    EXPECT_FALSE(parse_endpoint(text).ok()) << text;
}

}  // namespace
}  // namespace earshot::ipc
