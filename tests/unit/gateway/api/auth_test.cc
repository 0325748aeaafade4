#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/password_hash.h"
#include "gateway/api/access.h"
#include "gateway/api/auth/credentials.h"
#include "gateway/api/auth/login_throttle.h"
#include "gateway/api/auth/password_thread.h"
#include "gateway/api/auth/sessions.h"
#include "gateway/api/body_reader.h"

namespace earshot::gateway::api {
namespace {

using testing::HasSubstr;
using testing::Optional;

const SteadyTime kStart{std::chrono::hours(1)};

TEST(CredentialsTest, ATokenSurvivesItsText) {
  const TokenText made = TokenText::random();
  const auto parsed = TokenText::parse(made.text());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->id, made.id);
  EXPECT_EQ(parsed->secret.reveal(), made.secret.reveal());
  EXPECT_NE(made.text(), TokenText::random().text());
}

TEST(CredentialsTest, TakesBearerTokensOfOursOnly) {
  const std::string secret(64, 'a');
  EXPECT_TRUE(parse_authorization("Bearer ear_x_" + secret).has_value());
  EXPECT_TRUE(parse_authorization("bearer   ear_x_" + secret + " ").has_value());
  for (const std::string& bad :
       {std::string(), std::string("Bearer"), std::string("Bearer "), "Basic ear_x_" + secret,
        "ear_x_" + secret, "Bearer ear__" + secret, "Bearer ear_x_" + secret + "a", "Bearer ear_X_" + secret,
        "Bearer ear_" + std::string(33, 'x') + "_" + secret, "Bearer ear_x_" + std::string(63, 'a') + "'",
        "Bearer ear_x" + secret}) {
    EXPECT_FALSE(parse_authorization(bad).has_value()) << bad;
  }
}

TEST(CredentialsTest, FindsACookieAmongOthers) {
  EXPECT_THAT(find_cookie("a=1; earshot_session=x=y; b=2", "earshot_session"), Optional(std::string("x=y")));
  EXPECT_THAT(find_cookie("earshot_session=", "earshot_session"), Optional(std::string()));
  for (const char* none :
       {"", ";", "=", "earshot_session", "xearshot_session=1", "earshot_sessionx=1", ";;;="})
    EXPECT_EQ(find_cookie(none, "earshot_session"), std::nullopt) << none;
}

TEST(AccessTest, RolesHoldEachOther) {
  EXPECT_TRUE(scopes_of(store::Role::kMember).is_within(scopes_of(store::Role::kOperator)));
  EXPECT_TRUE(scopes_of(store::Role::kOperator).is_within(scopes_of(store::Role::kAdmin)));
  EXPECT_FALSE(scopes_of(store::Role::kOperator).has(Scope::kUsersWrite));
  EXPECT_FALSE(scopes_of(store::Role::kOperator).has(Scope::kAgentsWrite));
  EXPECT_FALSE(scopes_of(store::Role::kMember).has(Scope::kSystemRead));
  for (const auto& text : ScopeSet::all().names()) EXPECT_TRUE(parse_scope(text).has_value()) << text;
}

TEST(AccessTest, NobodysDeviceIsNoMembers) {
  store::Device device;
  const Identity nameless{
      .by = "x", .user = {}, .role = store::Role::kMember, .scopes = {}, .session = {}, .csrf = {}};
  EXPECT_FALSE(nameless.sees(device));
}

TEST(SessionsTest, EndWhenIdleAndAtTheirAge) {
  Sessions sessions({.idle = Milliseconds(100), .absolute = Milliseconds(250)});
  const auto started = sessions.start("ann", kStart);
  const auto cookie = started.cookie.reveal();
  ASSERT_NE(sessions.use(cookie, kStart + Milliseconds(100)), nullptr);
  ASSERT_NE(sessions.use(cookie, kStart + Milliseconds(200)), nullptr);
  EXPECT_EQ(sessions.use(cookie, kStart + Milliseconds(251)), nullptr);
  EXPECT_EQ(sessions.use("", kStart), nullptr);
  EXPECT_EQ(sessions.use(started.key, kStart), nullptr) << "the key is not the cookie";
}

TEST(SessionsTest, AreBoundedByUserTheOldestGoes) {
  Sessions sessions({});
  std::vector<Sessions::Started> all;
  for (std::size_t i = 0; i <= Sessions::kMaxPerUser; ++i)
    all.push_back(sessions.start("ann", kStart + Milliseconds(i)));
  EXPECT_EQ(sessions.size(), Sessions::kMaxPerUser);
  EXPECT_EQ(sessions.use(all[0].cookie.reveal(), kStart + Milliseconds(20)), nullptr);
  EXPECT_NE(sessions.use(all[1].cookie.reveal(), kStart + Milliseconds(20)), nullptr);
  sessions.end_all_of("ann", all[2].key);
  EXPECT_EQ(sessions.size(), 1U);
}

TEST(LoginThrottleTest, AGuesserOfOneNameWithManyAddressesIsSlowedDownToo) {
  LoginThrottle throttle;
  int tried = 0;
  for (; tried < 1000; ++tried) {
    const std::string peer = "198.51." + std::to_string(tried / 250) + "." + std::to_string(tried % 250);
    if (throttle.wait(peer, "ann", kStart).count() > 0) break;
    throttle.begin(peer, "ann", kStart);
  }
  EXPECT_EQ(tried, 50);
  EXPECT_EQ(throttle.wait("203.0.113.1", "ben", kStart).count(), 0);
}

TEST(LoginThrottleTest, AGuesserOfManyNamesIsSlowedDownByAddressAndNetwork) {
  LoginThrottle throttle;
  int tried = 0;
  for (; tried < 1000; ++tried) {
    const std::string peer = "2001:db8::" + std::to_string(tried);
    if (throttle.wait(peer, "user" + std::to_string(tried), kStart).count() > 0) break;
    throttle.begin(peer, "user" + std::to_string(tried), kStart);
  }
  EXPECT_EQ(tried, 20);
}

class PasswordThreadTest : public testing::Test {
 protected:
  asio::io_context io_{1};
  PasswordThread passwords_{io_.get_executor()};
  void run_until(const bool& done) {
    io_.restart();
    const auto guard = asio::make_work_guard(io_);
    while (!done) io_.run_one();
  }
};

TEST_F(PasswordThreadTest, HashesAndTellsRightFromWrong) {
  std::string hash;
  bool done = false;
  ASSERT_TRUE(passwords_.hash(Secret("correct horse"), [&](std::string made) {
    hash = std::move(made);
    done = true;
  }));
  run_until(done);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  std::vector<bool> verdicts;
  done = false;
  ASSERT_TRUE(
      passwords_.verify(Secret("correct horse"), hash, [&](bool right) { verdicts.push_back(right); }));
  ASSERT_TRUE(passwords_.verify(Secret("wrong"), hash, [&](bool right) { verdicts.push_back(right); }));
  ASSERT_TRUE(passwords_.verify(Secret("x"), std::nullopt, [&](bool right) {
    verdicts.push_back(right);
    done = true;
  }));
  run_until(done);
  EXPECT_EQ(verdicts, (std::vector<bool>{true, false, false}));
}

TEST_F(PasswordThreadTest, RefusesWhatItCannotHoldAndMayDieWithWorkWaiting) {
  int answers = 0;
  for (std::size_t i = 0; i < PasswordThread::kMaxWaiting; ++i)
    EXPECT_TRUE(passwords_.verify(Secret("x"), std::nullopt, [&](bool) { ++answers; }));
  EXPECT_FALSE(passwords_.verify(Secret("x"), std::nullopt, [&](bool) { ++answers; }));
}

TEST(PasswordHashTest, TheDummyCostsAsMuchAsARealOne) {
  const std::string real = hash_password(Secret("x"));
  const auto costs = [](const std::string& hash) { return hash.substr(0, hash.find('$', 14)); };
  EXPECT_EQ(costs(dummy_password_hash()), costs(real));
  EXPECT_EQ(dummy_password_hash().size(), real.size());
  EXPECT_FALSE(verify_password(Secret(""), dummy_password_hash()));
  EXPECT_FALSE(verify_password(Secret("x"), "no hash"));
  EXPECT_FALSE(verify_password(Secret("x"), std::string(5000, '$')));
}

TEST(BodyReaderTest, CollectsEveryProblem) {
  const auto body = *json::parse_object(
      R"({"text":1,"flag":"yes","number":18446744073709551615,"list":["ok",2],"lines":"a\nb","extra":0})",
      1000);
  BodyReader reader(body);
  reader.text("text", 10);
  reader.boolean("flag");
  reader.integer("number", 0, 10);
  reader.texts("list", 5, 10);
  reader.text("lines", 10);
  reader.required_text("missing", 10);
  const auto refusal = reader.refusal();
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 400);
  for (const char* problem : {"text must be a text", "flag must be true or false",
                              "number must be an integer", "list must be a list",
                              "lines must not hold control", "missing is missing", "extra is not known here"})
    EXPECT_THAT(refusal->body, HasSubstr(problem));
}

TEST(BodyReaderTest, TakesWhatIsRight) {
  const auto body =
      *json::parse_object(R"({"text":"客","long":"a\nb\tc","number":7.0,"list":[],"object":{"a":1}})", 1000);
  BodyReader reader(body);
  EXPECT_EQ(reader.required_text("text", 3), "客");
  EXPECT_EQ(reader.long_text("long", 10), "a\nb\tc");
  EXPECT_EQ(reader.integer("number", 0, 10), 7);
  EXPECT_EQ(reader.texts("list", 1, 1), std::vector<std::string>{});
  EXPECT_EQ(reader.required_object("object").size(), 1U);
  EXPECT_EQ(reader.text("absent", 1), std::nullopt);
  EXPECT_FALSE(reader.refusal().has_value());
}

}  // namespace
}  // namespace earshot::gateway::api
