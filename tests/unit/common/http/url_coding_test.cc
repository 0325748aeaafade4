#include "common/http/url_coding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/byte_range.h"
#include "common/http/http_router.h"

namespace earshot::http {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

TEST(UrlCodingTest, DecodesEscapesAndRefusesBrokenOnes) {
  EXPECT_THAT(percent_decode("aa%3Abb%3acc"), Optional(std::string("aa:bb:cc")));
  EXPECT_THAT(percent_decode("%E5%AE%A2"), Optional(std::string("客")));
  EXPECT_THAT(percent_decode("a+b"), Optional(std::string("a+b")));
  for (const char* bad : {"%", "%1", "%zz", "%0g", "a%00b", "%0a", "%7f", "%ff", "%C3", "\x01", "%%41"})
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
}

TEST(UrlCodingTest, EncodingSurvivesDecoding) {
  const std::string text = "a/b?c=d&e f%客~";
  EXPECT_EQ(percent_encode("a b:c"), "a%20b%3Ac");
  EXPECT_THAT(percent_decode(percent_encode(text)), Optional(text));
}

TEST(UrlCodingTest, SplitsBeforeItDecodesAndKnowsNoWayUp) {
  EXPECT_THAT(split_path("/a/b%2Fc/"), Optional(ElementsAre("a", "b/c", "")));
  EXPECT_THAT(split_path("/"), Optional(ElementsAre("")));
  for (const char* bad :
       {"", "a", "*", "/..", "/a/../b", "/a/./b", "/%2e%2e/b", "/%2E/b", "/a%", "http://x/"})
    EXPECT_EQ(split_path(bad), std::nullopt) << bad;
}

TEST(UrlCodingTest, AQueryIsPairsWithSpacesAsPlus) {
  EXPECT_THAT(parse_query("q=a+b%2B&online&&x=1=2"),
              Optional(ElementsAre(Pair("q", "a b+"), Pair("online", ""), Pair("x", "1=2"))));
  EXPECT_THAT(parse_query(""), Optional(ElementsAre()));
  EXPECT_EQ(parse_query("q=%"), std::nullopt);
  EXPECT_EQ(parse_query("%00=1"), std::nullopt);
}

TEST(ByteRangeTest, ReadsSingleRangesAndIgnoresTheRest) {
  struct Row {
    const char* header;
    std::uint64_t size;
    ByteRange::Kind kind;
    std::uint64_t first;
    std::uint64_t length;
  };
  using enum ByteRange::Kind;
  for (const Row& row : {Row{"bytes=0-0", 10, kPart, 0, 1},
                         Row{"bytes=2-5", 10, kPart, 2, 4},
                         Row{"bytes=9-99", 10, kPart, 9, 1},
                         Row{"bytes=3-", 10, kPart, 3, 7},
                         Row{"bytes=-3", 10, kPart, 7, 3},
                         Row{"bytes=-30", 10, kPart, 0, 10},
                         Row{"bytes=0-18446744073709551615", 10, kPart, 0, 10},
                         Row{"bytes=10-", 10, kUnsatisfiable, 0, 0},
                         Row{"bytes=-0", 10, kUnsatisfiable, 0, 0},
                         Row{"bytes=0-", 0, kUnsatisfiable, 0, 0},
                         Row{"bytes=-1", 0, kUnsatisfiable, 0, 0},
                         Row{"", 10, kWhole, 0, 10},
                         Row{"bytes=5-2", 10, kWhole, 0, 10},
                         Row{"bytes=-", 10, kWhole, 0, 10},
                         Row{"bytes=1", 10, kWhole, 0, 10},
                         Row{"bytes=0-1,4-5", 10, kWhole, 0, 10},
                         Row{"lines=0-1", 10, kWhole, 0, 10},
                         Row{"bytes=+1-2", 10, kWhole, 0, 10},
                         Row{"bytes=1- 2", 10, kWhole, 0, 10},
                         Row{"bytes=18446744073709551616-", 10, kWhole, 0, 10}}) {
    const ByteRange range = choose_range(row.header, row.size);
    EXPECT_EQ(range.kind, row.kind) << row.header;
    EXPECT_EQ(range.first, row.first) << row.header;
    EXPECT_EQ(range.length, row.length) << row.header;
  }
}

TEST(ByteRangeTest, FindsAnEntityTagInAList) {
  EXPECT_TRUE(matches_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag(" * ", "\"a\""));
  EXPECT_FALSE(matches_etag("", "\"a\""));
  EXPECT_FALSE(matches_etag("\"ab\"", "\"a\""));
  EXPECT_FALSE(matches_etag("*", ""));
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    for (const char* path :
         {"/devices", "/devices/bind", "/devices/{id}", "/devices/{id}/turns/{n}", "/x/"}) {
      router_.add(path == std::string("/devices/bind") ? "POST" : "GET", path,
                  [path](const Request& request, const Reply& reply) {
                    std::string body = path;
                    for (const auto& [name, value] : request.params) body += " " + name + "=" + value;
                    reply({.status = 200, .content_type = {}, .body = body, .headers = {}});
                  });
    }
  }
  Response ask(const std::string& method, const std::string& path, const std::string& query = {}) {
    Response answer;
    Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    router_.handle(request, [&answer](Response response) { answer = std::move(response); });
    return answer;
  }
  Router router_;
};

TEST_F(RouterTest, NamedSegmentsArriveDecoded) {
  EXPECT_EQ(ask("GET", "/devices/aa%3Abb").body, "/devices/{id} id=aa:bb");
  EXPECT_EQ(ask("GET", "/devices/a%2Fb/turns/7").body, "/devices/{id}/turns/{n} id=a/b n=7");
  EXPECT_EQ(ask("HEAD", "/devices").body, "/devices");
}

TEST_F(RouterTest, ALiteralSegmentIsPreferredAndDoesNotHideLongerPaths) {
  EXPECT_EQ(ask("POST", "/devices/bind").body, "/devices/bind");
  EXPECT_EQ(ask("GET", "/devices/bind/turns/1").body, "/devices/{id}/turns/{n} id=bind n=1");
}

TEST_F(RouterTest, WhatHasNoRouteGetsTheRightError) {
  EXPECT_EQ(ask("GET", "/device").status, 404);
  EXPECT_EQ(ask("GET", "/devices/").status, 404);
  EXPECT_EQ(ask("GET", "/devices/1/turns").status, 404);
  EXPECT_EQ(ask("GET", "/x").status, 404);
  EXPECT_EQ(ask("GET", "/x/").status, 200);
  EXPECT_EQ(ask("PUT", "/devices").status, 405);
  EXPECT_EQ(ask("PUT", "/devices").headers.find("Allow"), "GET, HEAD");
  EXPECT_EQ(ask("GET", "/devices/../x").status, 400);
  EXPECT_EQ(ask("GET", "/devices/%zz").status, 400);
  EXPECT_EQ(ask("GET", "/devices", "q=%zz").status, 400);
}

}  // namespace
}  // namespace earshot::http
