#include "gateway/doors/console/console_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/doors/console/console_assets.h"

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

TEST(ConsoleDoorTest, NamesEachContentByATagToAskAgainFor) {
  const ConsoleDoor door;
  const auto page = door.answer(get("/"));
  const auto icon = door.answer(get("/console/icon.svg"));
  EXPECT_THAT(std::string(page.headers.find("ETag")), testing::MatchesRegex("\"[0-9a-f]{32}\""));
  EXPECT_NE(page.headers.find("ETag"), icon.headers.find("ETag"));
  EXPECT_EQ(page.headers.find("Cache-Control"), "no-cache");
}

TEST(ConsoleDoorTest, IsReachedThroughTheRouter) {
  ConsoleDoor door;
  http::Router router;
  door.mount(router);
  const auto status = [&router](const char* path) {
    int found = 0;
    router.handle(get(path), [&found](const http::Response& response) { found = response.status; });
    return found;
  };
  EXPECT_EQ(status("/"), 200);
  EXPECT_EQ(status("/console/main.js"), 200);
  EXPECT_EQ(status("/console/%6dain.js"), 404);
  EXPECT_EQ(status("/nowhere"), 404);
}

TEST(ConsoleDoorTest, TalkLeadsToItsPage) {
  ConsoleDoor door;
  http::Router router;
  door.mount(router);
  http::Response told;
  router.handle(get("/talk"), [&told](http::Response response) { told = std::move(response); });
  EXPECT_EQ(told.status, 303);
  EXPECT_EQ(told.headers.find("Location"), "/#/talk");
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
