#include "gateway/console/console_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/console/console_assets.h"

namespace earshot::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Request get(std::string path) {
  return {.method = "GET", .path = std::move(path), .query = {}, .headers = {}, .body = {}, .peer = {}};
}

TEST(ConsoleDoorTest, ServesThePageAtTheRoot) {
  const ConsoleDoor door;
  const auto response = door.answer(get("/"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("/console/main.js"));
}

TEST(ConsoleDoorTest, ServesEveryFileWithItsType) {
  const ConsoleDoor door;
  for (const auto& asset : console::assets()) {
    if (asset.path() == "index.html") continue;
    const auto response = door.answer(get("/console/" + std::string(asset.path())));
    EXPECT_EQ(response.status, 200) << asset.path();
    EXPECT_EQ(response.body, asset.content()) << asset.path();
    if (asset.path().ends_with(".js")) {
      EXPECT_EQ(response.content_type, "text/javascript; charset=utf-8") << asset.path();
    }
  }
}

TEST(ConsoleDoorTest, LetsNothingInlineRunAndNothingForeignLoad) {
  const ConsoleDoor door;
  for (const char* path : {"/", "/console/icon.svg", "/nowhere"}) {
    const auto response = door.answer(get(path));
    const std::string policy(response.headers.find("Content-Security-Policy"));
    EXPECT_THAT(policy, HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(policy, HasSubstr("script-src 'self';")) << path;
    EXPECT_THAT(policy, HasSubstr("style-src 'self';")) << path;
    EXPECT_THAT(policy, HasSubstr("require-trusted-types-for 'script'")) << path;
    EXPECT_THAT(policy, Not(HasSubstr("unsafe"))) << path;
    EXPECT_THAT(policy, Not(HasSubstr("http"))) << path;
    EXPECT_EQ(response.headers.find("X-Frame-Options"), "DENY") << path;
  }
}

TEST(ConsoleDoorTest, AnswersNotModifiedToTheSameTag) {
  const ConsoleDoor door;
  const auto first = door.answer(get("/"));
  auto again = get("/");
  again.headers.add("If-None-Match", "W/" + std::string(first.headers.find("ETag")));
  const auto second = door.answer(again);
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(second.headers.find("ETag"), first.headers.find("ETag"));
  EXPECT_EQ(second.headers.find("Cache-Control"), "no-cache");
}

TEST(ConsoleDoorTest, SendsAFileAgainToAnotherTag) {
  const ConsoleDoor door;
  auto request = get("/");
  request.headers.add("If-None-Match", "\"00000000000000000000000000000000\"");
  EXPECT_EQ(door.answer(request).status, 200);
}

TEST(ConsoleDoorTest, KnowsNoPathOutsideItsTable) {
  const ConsoleDoor door;
  for (const char* path : {"/console/../../etc/passwd", "/console/%2e%2e/index.html", "/console//main.js",
                           "/console/index.html", "/console/", "/console", "//", "", "/CONSOLE/main.js"}) {
    EXPECT_EQ(door.answer(get(path)).status, 404) << path;
  }
}

TEST(ConsoleDoorTest, TellsProgramsInJsonAndPeopleInAPage) {
  const ConsoleDoor door;
  EXPECT_EQ(door.answer(get("/api/v1/nothing")).content_type, "application/json");
  const auto page = door.answer(get("/nothing"));
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("href=\"/\""));
}

}  // namespace
}  // namespace earshot::gateway
