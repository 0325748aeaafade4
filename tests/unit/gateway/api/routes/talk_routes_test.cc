#include "gateway/api/routes/talk_routes.h"

#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::gateway::api {
namespace {

constexpr const char* kTalkPath = "/api/v1/talk/keys";

class TalkRoutesTest : public testing::Test, protected ApiHarness {
 protected:
  TalkRoutesTest() {
    start();
    const std::size_t before = api->routes().rows().size();
    add_talk_routes(api->routes(), clock, [this](const std::string& caller, const std::string& agent) {
      asked_.emplace_back(caller, agent);
      return std::pair(Secret("ek_secret"), std::int64_t{60});
    });
    rows_.assign(api->routes().rows().begin() + static_cast<std::ptrdiff_t>(before),
                 api->routes().rows().end());
  }

  std::vector<std::pair<std::string, std::string>> asked_;
  std::vector<RouteRow> rows_;
};

TEST_F(TalkRoutesTest, TheDocumentNamesThem) {
  expect_documented(rows_, "talk");
}

TEST_F(TalkRoutesTest, APageGetsAKeyForTheAgentThatItAsksFor) {
  const std::string page = log_in("member");
  const auto answer = call("POST", kTalkPath, R"({"agent":"bear"})", page);
  EXPECT_EQ(answer.status, 201) << answer.body;
  const json::object told = json_of(answer);
  EXPECT_EQ(told.at("key"), json::value("ek_secret"));
  EXPECT_EQ(told.at("expires"), json::value(60'000));
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_.at(0), (std::pair<std::string, std::string>("user:member", "bear")));
  EXPECT_EQ(call("POST", kTalkPath, R"({"agent":5})", page).status, 400);
  EXPECT_EQ(call("POST", kTalkPath, R"({"model":"bear"})", page).status, 400);
}

// The attack: another site sends a form with the browser's cookie.
TEST_F(TalkRoutesTest, ACookieAloneGetsNoKey) {
  const std::string page = log_in("member");
  EXPECT_EQ(call("POST", kTalkPath, {}, page.substr(0, page.find(' '))).status, 403);
  EXPECT_EQ(call("POST", kTalkPath).status, 401);
  EXPECT_EQ(call("POST", kTalkPath, {}, token_of("member", ScopeSet{Scope::kDevicesRead})).status, 403);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(TalkRoutesTest, WhoAsksForTooManyWaitsAndOthersDoNot) {
  const std::string page = log_in("member");
  for (std::uint32_t at = 0; at < kTalkKeys; ++at) EXPECT_EQ(call("POST", kTalkPath, {}, page).status, 201);
  EXPECT_EQ(call("POST", kTalkPath, {}, page).status, 429);
  EXPECT_EQ(call("POST", kTalkPath, {}, log_in("other")).status, 201);
  clock.advance(kTalkKeyRefill);
  EXPECT_EQ(call("POST", kTalkPath, {}, page).status, 201);
}

TEST_F(TalkRoutesTest, TheAuditLogTellsWhoAndNotTheKey) {
  call("POST", kTalkPath, R"({"agent":"bear"})", log_in("member"));
  const store::AuditEntry entry = audit().front();
  EXPECT_EQ(entry.action, "talk.key");
  EXPECT_EQ(entry.who, "user:member");
  EXPECT_EQ(entry.target, "bear");
  EXPECT_THAT(entry.detail, testing::Not(testing::HasSubstr("ek_")));
}

class ShutTalkTest : public testing::Test, protected ApiHarness {};

TEST_F(ShutTalkTest, AShutDoorSaysHowItIsOpened) {
  start();
  add_talk_routes(api->routes(), clock, {});
  const auto answer = call("POST", kTalkPath, {}, log_in("member"));
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, testing::HasSubstr("realtime.enabled"));
}

}  // namespace
}  // namespace earshot::gateway::api
