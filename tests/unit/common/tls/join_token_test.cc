#include "common/tls/join_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::tls {
namespace {

using testing::HasSubstr;
using testing::Not;

JoinAddress example(const std::string& host = "gw.example") {
  return {.host = host,
          .port = 9443,
          .token = {.id = std::string("\x00\xff\x01\x02\x03\x04\x05\x06", 8),
                    .secret = Secret("0123456789abcdef"),
                    .authority = std::string(64, 'a')}};
}

TEST(JoinTokenTest, IsReadAsItWasWritten) {
  for (const char* host : {"gw.example", "192.0.2.1", "2001:db8::1"}) {
    const auto read = parse_join_line(join_line(example(host)).reveal());
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->host, host);
    EXPECT_EQ(read->port, 9443);
    EXPECT_EQ(read->token.id, example().token.id);
    EXPECT_EQ(read->token.secret.reveal(), "0123456789abcdef");
    EXPECT_EQ(read->token.authority, example().token.authority);
  }
}

TEST(JoinTokenTest, IsOneWordForAShell) {
  EXPECT_EQ(join_line(example()).reveal().find_first_not_of(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/[]"),
            std::string::npos);
}

TEST(JoinTokenTest, WhatWasCutOrMistypedIsRefusedWithoutBeingShown) {
  const std::string good(join_line(example()).reveal());
  const std::string token = good.substr(good.rfind('/') + 1);
  const std::vector<std::string> bad{"",
                                     "https://gw.example:9443/" + token,
                                     "earshot://gw.example:9443",
                                     "earshot://gw.example/" + token,
                                     "earshot://:9443/" + token,
                                     "earshot://gw.example:0/" + token,
                                     "earshot://gw.example:99999/" + token,
                                     "earshot://gw.example:94x3/" + token,
                                     good.substr(0, good.size() - 1),
                                     good + "AAAA",
                                     "earshot://gw.example:9443/!" + token.substr(1)};
  for (const std::string& line : bad) {
    const auto read = parse_join_line(line);
    ASSERT_FALSE(read.ok()) << line;
    EXPECT_THAT(read.error().message, HasSubstr("earshotctl workers join-token"));
    EXPECT_THAT(read.error().message, Not(HasSubstr(token.substr(0, 12))));
  }
}

TEST(JoinTokenTest, AnotherVersionIsToldSo) {
  std::string line(join_line(example()).reveal());
  line[line.rfind('/') + 1] = 'B';  // the first byte becomes 5 or so
  EXPECT_THAT(parse_join_line(line).error().message, HasSubstr("another version"));
}

}  // namespace
}  // namespace earshot::tls
