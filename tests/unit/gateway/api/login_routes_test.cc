#include <sys/stat.h>

#include "tests/unit/gateway/api/api_harness.h"

namespace earshot::gateway::api {
namespace {

using testing::HasSubstr;
using testing::Not;

using LoginTest = ApiTest;

std::string login_body(const std::string& user, const std::string& password) {
  return json::serialize(json::object{{"user", user}, {"password", password}});
}

TEST_F(LoginTest, ARightPasswordOpensASessionWithAGuardedCookie) {
  const auto answer = call("POST", "/api/v1/login", login_body("operator", kPassword));
  EXPECT_EQ(answer.status, 200);
  const auto me = json_of(answer);
  EXPECT_EQ(me.at("user").as_string(), "operator");
  EXPECT_EQ(me.at("role").as_string(), "operator");
  EXPECT_EQ(me.at("version").as_string(), "1.2.3");
  EXPECT_EQ(me.at("setup_needed").as_bool(), false);
  const auto cookie = answer.headers.find("Set-Cookie");
  for (const char* flag : {"HttpOnly", "SameSite=Strict", "Path=/"}) EXPECT_THAT(cookie, HasSubstr(flag));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  EXPECT_EQ(audit().front().action, "login");
  EXPECT_EQ(audit().front().who, "user:operator");
  EXPECT_TRUE(store.now().users().find("operator")->last_login.has_value());
}

TEST_F(LoginTest, BehindHttpsTheCookieIsSecure) {
  http::Request request = request_of("POST", "/api/v1/login", login_body("member", kPassword), {});
  request.secure = true;
  std::string cookie;
  bool answered = false;
  router.handle(request, [&](const http::Response& answer) {
    cookie = answer.headers.find("Set-Cookie");
    answered = true;
  });
  io.restart();
  const auto guard = asio::make_work_guard(io);
  while (!answered) io.run_one();
  EXPECT_THAT(cookie, HasSubstr("; Secure"));
}

TEST_F(LoginTest, WrongUnknownAndDisabledAreToldAlikeAndAudited) {
  store::User disabled = *api->auth().accounts.user("other");
  disabled.disabled = true;
  api->auth().accounts.put(disabled, [](const Status&) {});
  const auto wrong = call("POST", "/api/v1/login", login_body("member", "wrong password"));
  const auto unknown = call("POST", "/api/v1/login", login_body("nobody", kPassword));
  const auto blocked = call("POST", "/api/v1/login", login_body("other", kPassword));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_EQ(wrong.body, blocked.body);
  ASSERT_EQ(audit().size(), 3U);
  for (const auto& entry : audit()) EXPECT_EQ(entry.action, "login.failed");
  EXPECT_EQ(audit()[1].target, "nobody");
}

TEST_F(LoginTest, GuessingIsSlowedDownForThatNameAndAddress) {
  int refused = 0;
  for (int i = 0; i < 7; ++i) {
    const auto answer = call("POST", "/api/v1/login", login_body("member", "guess " + std::to_string(i)));
    if (answer.status == 429) ++refused;
    if (answer.status == 429) {
      EXPECT_FALSE(answer.headers.find("Retry-After").empty());
    }
  }
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(call("POST", "/api/v1/login", login_body("member", kPassword)).status, 429);
  peer = "192.0.2.77";
  EXPECT_EQ(call("POST", "/api/v1/login", login_body("member", kPassword)).status, 200);
  peer = "192.0.2.9";
  clock.advance(Milliseconds(30'000));
  EXPECT_EQ(call("POST", "/api/v1/login", login_body("member", kPassword)).status, 200);
}

TEST_F(LoginTest, AFloodOfLoginsIsRefusedNotQueued) {
  std::vector<int> statuses;
  for (std::size_t i = 0; i < PasswordThread::kMaxWaiting + 8; ++i) {
    http::Request request =
        request_of("POST", "/api/v1/login", login_body("user" + std::to_string(i), kPassword), {});
    request.peer = "198.51.100." + std::to_string(i);
    router.handle(request, [&statuses](const http::Response& answer) { statuses.push_back(answer.status); });
  }
  EXPECT_EQ(statuses, std::vector<int>(8, 429));
}

TEST_F(LoginTest, ALogoutEndsTheSession) {
  const std::string session = log_in("member");
  EXPECT_EQ(call("GET", "/api/v1/me", {}, session).status, 200);
  EXPECT_EQ(call("POST", "/api/v1/logout", "{}", session).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, session).status, 401);
}

TEST_F(LoginTest, ASessionEndsWhenIdleAndAtItsAge) {
  const std::string idle = log_in("member");
  clock.advance(std::chrono::hours(12) + Milliseconds(1));
  EXPECT_EQ(call("GET", "/api/v1/me", {}, idle).status, 401);
  const std::string used = log_in("member");
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(call("GET", "/api/v1/me", {}, used).status, 200);
    clock.advance(std::chrono::hours(10));
  }
  clock.advance(std::chrono::hours(9));
  EXPECT_EQ(call("GET", "/api/v1/me", {}, used).status, 401);
}

TEST_F(LoginTest, AChangedPasswordEndsTheOtherSessions) {
  const std::string here = log_in("member");
  const std::string there = log_in("member");
  EXPECT_EQ(call("POST", "/api/v1/me/password", R"({"old":"wrong one","new":"battery staple"})", here).status,
            403);
  EXPECT_EQ(
      call("POST", "/api/v1/me/password", R"({"old":"correct horse","new":"battery staple"})", here).status,
      200);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, here).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, there).status, 401);
  clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(log_in("member"), "");
  EXPECT_NE(log_in("member", "battery staple"), "");
}

TEST_F(LoginTest, ADisabledUserIsOutAtOnce) {
  const std::string session = log_in("member");
  const std::string token = token_of("member", {Scope::kDevicesRead});
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, token).status, 200);
  EXPECT_EQ(call("PATCH", "/api/v1/users/member", R"({"disabled":true})", token_of("admin", ScopeSet::all()))
                .status,
            200);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, session).status, 401);
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, token).status, 401);
}

TEST_F(LoginTest, TheLocalTokenIsGoodOnThisHostOnly) {
  std::string token;
  std::getline(std::ifstream(folder / "secrets" / "admin.token"), token);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, token).status, 401);
  peer = "127.0.0.1";
  const auto me = call("GET", "/api/v1/me", {}, token);
  EXPECT_EQ(me.status, 200);
  EXPECT_THAT(me.body, HasSubstr(R"("user":"local")"));
  struct stat facts {};
  ASSERT_EQ(::stat((folder / "secrets" / "admin.token").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  token.back() = token.back() == '0' ? '1' : '0';
  EXPECT_EQ(call("GET", "/api/v1/me", {}, token).status, 401);
}

class SetupTest : public testing::Test, protected ApiHarness {
 protected:
  SetupTest() {
    for (const auto& user : store.now().users().all()) store.now().users().remove(user.name);
    start();
    std::getline(std::ifstream(folder / "secrets" / "setup-link"), link_);
  }
  std::string setup(const std::string& token) {
    return json::serialize(json::object{{"token", token}, {"user", "ann"}, {"password", kPassword}});
  }
  std::string link_;
};

TEST_F(SetupTest, TheLinkMakesTheFirstAdminOnce) {
  ASSERT_TRUE(link_.starts_with("http://192.0.2.1:8003/#setup=")) << link_;
  const std::string token = link_.substr(link_.find('=') + 1);
  EXPECT_THAT(call("GET", "/api/v1/me").body, HasSubstr(R"("setup_needed":true)"));
  EXPECT_EQ(call("POST", "/api/v1/setup", setup("0123")).status, 403);
  EXPECT_EQ(audit().front().action, "setup.failed");
  const auto made = call("POST", "/api/v1/setup", setup(token));
  EXPECT_EQ(made.status, 200);
  EXPECT_THAT(made.body, HasSubstr(R"("role":"admin")"));
  EXPECT_FALSE(made.headers.find("Set-Cookie").empty());
  EXPECT_FALSE(std::filesystem::exists(folder / "secrets" / "setup-link"));
  EXPECT_EQ(call("POST", "/api/v1/setup", setup(token)).status, 409);
  EXPECT_THAT(call("GET", "/api/v1/me").body, HasSubstr(R"("setup_needed":false)"));
}

TEST_F(SetupTest, TwoAtTheSameTimeMakeOneUser) {
  const std::string token = link_.substr(link_.find('=') + 1);
  std::vector<int> statuses;
  for (int i = 0; i < 2; ++i) {
    router.handle(request_of("POST", "/api/v1/setup", setup(token), {}),
                  [&statuses](const http::Response& answer) { statuses.push_back(answer.status); });
  }
  io.restart();
  const auto guard = asio::make_work_guard(io);
  while (statuses.size() < 2) io.run_one();
  EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 409));
}

TEST_F(SetupTest, AFailingStoreLeavesTheLinkGood) {
  const std::string token = link_.substr(link_.find('=') + 1);
  store.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_EQ(call("POST", "/api/v1/setup", setup(token)).status, 503);
  store.fail_with(std::nullopt);
  EXPECT_EQ(call("POST", "/api/v1/setup", setup(token)).status, 200);
}

}  // namespace
}  // namespace earshot::gateway::api
