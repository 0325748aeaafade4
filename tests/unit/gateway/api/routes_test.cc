// What each noun's routes do, and that members are held to what is theirs.
#include "common/http/event_feed.h"
#include "gateway/api/routes/agent_routes.h"
#include "tests/unit/gateway/api/api_harness.h"

namespace earshot::gateway::api {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kMine = "/api/v1/devices/02:00:00:00:00:01";
constexpr const char* kForeign = "/api/v1/devices/02_00_00_00_00_02";

class RoutesTest : public ApiTest {
 protected:
  std::string admin_ = token_of("admin", ScopeSet::all());
  std::string member_ = token_of("member", ScopeSet::all());
  std::string operator_ = token_of("operator", ScopeSet::all());
};

using DeviceRoutesTest = RoutesTest;

TEST_F(DeviceRoutesTest, AMemberSeesItsOwnDevicesAndTheOthersDoNotExist) {
  const auto own = json_of(call("GET", "/api/v1/devices?owner=other", {}, member_));
  EXPECT_EQ(own.at("total").to_number<int>(), 1);
  EXPECT_EQ(own.at("items").as_array().at(0).at("owner").as_string(), "member");
  EXPECT_EQ(json_of(call("GET", "/api/v1/devices", {}, operator_)).at("total").to_number<int>(), 2);
  EXPECT_EQ(call("GET", kMine, {}, member_).status, 200);
  const auto foreign = call("GET", kForeign, {}, member_);
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.body, call("GET", "/api/v1/devices/02:00:00:00:00:77", {}, member_).body);
  EXPECT_EQ(call("PATCH", kForeign, R"({"name":"stolen"})", member_).status, 404);
  EXPECT_EQ(call("DELETE", kForeign, {}, member_).status, 404);
  EXPECT_EQ(devices.find(*DeviceId::parse("02:00:00:00:00:02"))->record.name, "device of other");
}

TEST_F(DeviceRoutesTest, ChangesWhatIsGivenAndNothingElse) {
  const auto answer =
      call("PATCH", kMine, R"({"name":"Küche","tags":["b","a","a"],"transport":"websocket"})", member_);
  EXPECT_EQ(answer.status, 200);
  const auto& record = devices.find(*DeviceId::parse("02:00:00:00:00:01"))->record;
  EXPECT_EQ(record.name, "Küche");
  EXPECT_EQ(record.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(record.transport, store::DeviceTransport::kWebSocket);
  EXPECT_EQ(record.owner, "member");
}

TEST_F(DeviceRoutesTest, AMemberNeitherUnblocksNorRemoves) {
  EXPECT_EQ(call("PATCH", kMine, R"({"blocked":false})", member_).status, 403);
  EXPECT_EQ(call("DELETE", kMine, {}, member_).status, 403);
  EXPECT_EQ(call("PATCH", kMine, R"({"blocked":true})", operator_).status, 200);
  EXPECT_EQ(json_of(call("GET", kMine, {}, member_)).at("state").as_string(), "blocked");
  EXPECT_EQ(call("DELETE", kMine, {}, operator_).status, 200);
  EXPECT_EQ(call("GET", kMine, {}, operator_).status, 404);
}

TEST_F(DeviceRoutesTest, WhatTheDiskRefusesIsA503AndHasNeverBeen) {
  const std::size_t entries = audit().size();
  store.fail_with(Error{ErrorCode::kUnavailable, "the disk refused: database is locked"});
  const auto blocked = call("PATCH", kMine, R"({"blocked":true})", operator_);
  EXPECT_EQ(blocked.status, 503);
  EXPECT_THAT(blocked.body, HasSubstr("the disk refused: database is locked; nothing was changed"));
  EXPECT_EQ(call("DELETE", kMine, {}, operator_).status, 503);
  EXPECT_EQ(json_of(call("GET", kMine, {}, member_)).at("state").as_string(), "bound");
  store.fail_with(std::nullopt);
  EXPECT_EQ(audit().size(), entries) << "what did not happen is not told";
  EXPECT_EQ(call("PATCH", kMine, R"({"blocked":true})", operator_).status, 200);
  EXPECT_EQ(audit().size(), entries + 1);
}

TEST_F(DeviceRoutesTest, WrongMembersAreAllToldAndNothingIsChanged) {
  const auto answer =
      call("PATCH", kMine, R"({"name":7,"tags":["a b"],"owner":"member","auto_update":"yes"})", operator_);
  EXPECT_EQ(answer.status, 400);
  for (const char* problem :
       {"name must be a text", "tags must be", "owner is not known", "auto_update must"})
    EXPECT_THAT(answer.body, HasSubstr(problem));
  EXPECT_EQ(devices.find(*DeviceId::parse("02:00:00:00:00:01"))->record.name, "device of member");
  EXPECT_EQ(call("GET", "/api/v1/devices?limit=201", {}, operator_).status, 400);
  EXPECT_EQ(call("GET", "/api/v1/devices?limit=-1", {}, operator_).status, 400);
  EXPECT_EQ(call("GET", "/api/v1/devices?online=maybe", {}, operator_).status, 400);
}

using AccountRoutesTest = RoutesTest;

TEST_F(AccountRoutesTest, APasswordThatWeMadeIsShownOnceAndWorks) {
  const auto made = call("POST", "/api/v1/users", R"({"name":"ben","role":"member"})", admin_);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string password(json_of(made).at("password").as_string());
  EXPECT_NE(log_in("ben", password), "");
  const auto all = call("GET", "/api/v1/users", {}, admin_);
  EXPECT_THAT(all.body, Not(HasSubstr(password)));
  EXPECT_THAT(all.body, Not(HasSubstr("argon2")));
  EXPECT_EQ(call("POST", "/api/v1/users", R"({"name":"ben","role":"member"})", admin_).status, 409);
  EXPECT_EQ(
      call("POST", "/api/v1/users", R"({"name":"Ben!","role":"king","password":"short"})", admin_).status,
      400);
}

TEST_F(AccountRoutesTest, TheLastAdminStays) {
  EXPECT_EQ(call("DELETE", "/api/v1/users/admin", {}, admin_).status, 409);
  EXPECT_EQ(call("PATCH", "/api/v1/users/admin", R"({"role":"member"})", admin_).status, 409);
  EXPECT_EQ(call("PATCH", "/api/v1/users/admin", R"({"disabled":true})", admin_).status, 409);
  EXPECT_EQ(call("PATCH", "/api/v1/users/other", R"({"role":"admin"})", admin_).status, 200);
  EXPECT_EQ(call("DELETE", "/api/v1/users/admin", {}, admin_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, admin_).status, 401);
}

TEST_F(AccountRoutesTest, ALaterUserOfTheSameNameInheritsNothing) {
  const std::string token = token_of("member", ScopeSet::all());
  EXPECT_EQ(call("DELETE", "/api/v1/users/member", {}, admin_).status, 200);
  EXPECT_EQ(call("POST", "/api/v1/users", R"({"name":"member","role":"member","password":"battery staple"})",
                 admin_)
                .status,
            201);
  EXPECT_EQ(call("GET", "/api/v1/me", {}, token).status, 401);
  EXPECT_EQ(call("GET", kMine, {}, log_in("member", "battery staple")).status, 404);
  EXPECT_EQ(call("GET", kMine, {}, operator_).status, 200);
}

TEST_F(AccountRoutesTest, WhatTheStoreRefusesIsTakenBack) {
  store.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_EQ(call("DELETE", "/api/v1/users/other", {}, admin_).status, 503);
  EXPECT_EQ(call("POST", "/api/v1/operators", R"({"name":"automation"})", admin_).status, 503);
  store.fail_with(std::nullopt);
  EXPECT_NE(log_in("other"), "");
  EXPECT_THAT(call("GET", "/api/v1/operators", {}, admin_).body, Not(HasSubstr("automation")));
}

TEST_F(AccountRoutesTest, AFailedChangeDoesNotTakeBackALaterOne) {
  Accounts& accounts = api->auth().accounts;
  store::User first = *accounts.user("other");
  first.role = store::Role::kOperator;
  store.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  accounts.put(first, [](const Status& written) { EXPECT_FALSE(written.ok()); });
  store.fail_with(std::nullopt);
  store::User second = *accounts.user("other");
  second.disabled = true;
  accounts.put(second, [](const Status& written) { EXPECT_TRUE(written.ok()); });
  io.restart();
  io.poll();  // both results come now
  EXPECT_TRUE(accounts.user("other")->disabled);
}

TEST_F(AccountRoutesTest, ATokenHasNoMoreThanItsUserAndItsMaker) {
  EXPECT_EQ(call("POST", "/api/v1/tokens", R"({"label":"x","scopes":["users:write"]})", operator_).status,
            403);
  const std::string narrow = token_of("admin", {Scope::kTokensWrite, Scope::kDevicesRead});
  EXPECT_EQ(call("POST", "/api/v1/tokens", R"({"label":"x","scopes":["devices:write"]})", narrow).status,
            403);
  EXPECT_EQ(call("POST", "/api/v1/tokens", R"({"label":"x","scopes":[],"user":"member"})", narrow).status,
            403);
  const auto made = call("POST", "/api/v1/tokens", R"({"label":"x","scopes":["devices:read"]})", narrow);
  ASSERT_EQ(made.status, 201);
  const std::string text(json_of(made).at("token").as_string());
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, text).status, 200);
  EXPECT_EQ(call("PATCH", kMine, "{}", text).status, 403);
  EXPECT_THAT(call("GET", "/api/v1/tokens", {}, admin_).body, Not(HasSubstr(text)));
}

TEST_F(AccountRoutesTest, ATokenLosesWhatItsUsersRoleLoses) {
  const std::string token = token_of("operator", ScopeSet::all());
  EXPECT_EQ(call("GET", "/api/v1/system", {}, token).status, 503);  // allowed; no shards here
  call("PATCH", "/api/v1/users/operator", R"({"role":"member"})", admin_);
  EXPECT_EQ(call("GET", "/api/v1/system", {}, token).status, 403);
}

TEST_F(AccountRoutesTest, ATokenEndsInTimeAndWhenItIsRemoved) {
  const auto made = call("POST", "/api/v1/tokens",
                         R"({"label":"x","scopes":["devices:read"],"expires_in_ms":60000})", member_);
  const std::string text(json_of(made).at("token").as_string());
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, text).status, 200);
  EXPECT_TRUE(store.now().tokens().find(std::string(json_of(made).at("id").as_string()))->last_used);
  clock.advance(Milliseconds(60'000));
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, text).status, 401);
}

TEST_F(AccountRoutesTest, ATokenMadeByATokenEndsWithItsMakerAtTheLatest) {
  const auto make = [this](const std::string& who, const std::string& expires) {
    return json_of(call("POST", "/api/v1/tokens",
                        R"({"label":"x","scopes":["devices:read","tokens:write"])" + expires + "}", who));
  };
  const auto short_lived = make(member_, R"(,"expires_in_ms":60000)");
  const std::string maker(short_lived.at("token").as_string());
  for (const char* expires : {"", R"(,"expires_in_ms":600000)"}) {
    const auto child = make(maker, expires);
    EXPECT_EQ(child.at("expires"), short_lived.at("expires")) << expires;
    EXPECT_EQ(child.at("parent"), short_lived.at("id"));
  }
  EXPECT_LT(make(maker, R"(,"expires_in_ms":60000)").at("expires").to_number<std::int64_t>(),
            short_lived.at("expires").to_number<std::int64_t>() + 1);
  EXPECT_TRUE(make(log_in("member"), "").at("expires").is_null()) << "a person may";
}

TEST_F(AccountRoutesTest, WithATokenGoWhatItMadeAndWhatThatMade) {
  const auto make = [this](const std::string& who) {
    return json_of(
        call("POST", "/api/v1/tokens", R"({"label":"x","scopes":["devices:read","tokens:write"]})", who));
  };
  const auto first = make(log_in("member"));
  const auto second = make(std::string(first.at("token").as_string()));
  const auto third = make(std::string(second.at("token").as_string()));
  const std::string grandchild(third.at("token").as_string());
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, grandchild).status, 200);
  const std::string path = "/api/v1/tokens/" + std::string(first.at("id").as_string());
  store.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_EQ(call("DELETE", path, {}, admin_).status, 503);
  store.fail_with(std::nullopt);
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, grandchild).status, 200) << "nothing was changed";
  EXPECT_EQ(call("DELETE", path, {}, admin_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, grandchild).status, 401);
  EXPECT_FALSE(store.now().tokens().find(std::string(third.at("id").as_string())));
}

TEST_F(AccountRoutesTest, AMemberSeesAndRemovesItsOwnTokensOnly) {
  const std::string other = token_of("other", {Scope::kDevicesRead});
  const std::string id = other.substr(4, other.find('_', 4) - 4);
  EXPECT_THAT(call("GET", "/api/v1/tokens", {}, member_).body, Not(HasSubstr(id)));
  EXPECT_EQ(call("DELETE", "/api/v1/tokens/" + id, {}, member_).status, 404);
  EXPECT_EQ(call("DELETE", "/api/v1/tokens/" + id, {}, admin_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/devices", {}, other).status, 401);
}

TEST_F(AccountRoutesTest, TheBrokerIsToldTheOperatorsAtEachChange) {
  std::vector<std::size_t> told;
  std::string hash;
  api->set_operator_sink([&](const std::vector<store::BrokerOperator>& all) {
    told.push_back(all.size());
    if (!all.empty()) hash = all.front().password_hash;
  });
  const auto made = json_of(call("POST", "/api/v1/operators", R"({"name":"automation"})", admin_));
  EXPECT_EQ(hash, hash_of(Secret(std::string(made.at("password").as_string()))));
  EXPECT_EQ(call("DELETE", "/api/v1/operators/automation", {}, admin_).status, 200);
  EXPECT_EQ(told, (std::vector<std::size_t>{0, 1, 0}));
}

using AgentRoutesTest = RoutesTest;

TEST_F(AgentRoutesTest, AreMadeOnceReplacedAndRemoved) {
  EXPECT_EQ(call("POST", "/api/v1/agents", R"({"name":"a","config":{"prompt":"x\ny"}})", admin_).status, 201);
  EXPECT_EQ(call("POST", "/api/v1/agents", R"({"name":"a","config":{}})", admin_).status, 409);
  EXPECT_EQ(call("PUT", "/api/v1/agents/a", R"({"config":{"language":"de"}})", admin_).status, 200);
  EXPECT_THAT(call("GET", "/api/v1/agents/a", {}, member_).body, HasSubstr(R"("language":"de")"));
  EXPECT_EQ(call("PUT", "/api/v1/agents/a", R"({"config":[]})", admin_).status, 400);
  EXPECT_EQ(call("DELETE", "/api/v1/agents/a", {}, admin_).status, 200);
  EXPECT_EQ(call("DELETE", "/api/v1/agents/a", {}, admin_).status, 404);
  EXPECT_EQ(agents_changed, 3);
}

TEST_F(AgentRoutesTest, AgentsAndProvidersTogetherStayWithinWhatAWorkerTakes) {
  const std::string large = R"({"config":{"prompt":")" + std::string(47'000, 'x') + R"("}})";
  int taken = 0;
  std::string refusal;
  for (int i = 0; i < 30; ++i) {
    const auto answer = call("PUT", "/api/v1/agents/a" + std::to_string(i), large, admin_);
    if (answer.status == 200) {
      ++taken;
    } else {
      EXPECT_EQ(answer.status, 409);
      refusal = answer.body;
    }
  }
  EXPECT_EQ(taken, 22) << "1 MiB";
  EXPECT_THAT(refusal, HasSubstr("1 MiB"));
  EXPECT_EQ(call("PUT", "/api/v1/agents/a0", R"({"config":{}})", admin_).status, 200) << "smaller";
  EXPECT_EQ(call("PUT", "/api/v1/agents/a0", large, admin_).status, 200);
  const std::string provider = R"({"config":{"text":")" + std::string(15'000, 'x') + R"("}})";
  EXPECT_EQ(call("PUT", "/api/v1/providers/llm/p", provider, admin_).status, 409);
}

TEST_F(AgentRoutesTest, ProvidersKeepTheirSecretsToThemselves) {
  const std::string path = "/api/v1/providers/llm/cloud";
  const auto put =
      call("PUT", path, R"({"config":{"type":"openai"},"secrets":{"api_key":"sk-1","org":"o"}})", admin_);
  EXPECT_EQ(put.status, 200);
  EXPECT_THAT(put.body, Not(HasSubstr("sk-1")));
  EXPECT_THAT(call("GET", "/api/v1/providers", {}, admin_).body, HasSubstr(R"("api_key":"***")"));
  const auto secrets_now = [this] {
    const auto kept = store.now().agents().providers().at(0);
    return std::string(secrets.open(provider_purpose("llm", "cloud"), kept.secrets)->reveal());
  };
  EXPECT_EQ(secrets_now(), R"({"api_key":"sk-1","org":"o"})");
  call("PUT", path, R"({"config":{},"secrets":{"api_key":"***","new":"***"}})", admin_);
  EXPECT_EQ(secrets_now(), R"({"api_key":"sk-1"})");
  call("PUT", path, R"({"config":{}})", admin_);
  EXPECT_EQ(secrets_now(), R"({"api_key":"sk-1"})");
  EXPECT_EQ(call("PUT", path, R"({"config":{"api_key":"sk-2"}})", admin_).status, 400);
  EXPECT_EQ(call("PUT", "/api/v1/providers/vision/x", R"({"config":{}})", admin_).status, 400);
}

class HistoryRoutesTest : public RoutesTest {
 protected:
  HistoryRoutesTest() {
    for (const char* id : {"1", "2"}) {
      store::Turn turn;
      turn.session = std::string("s") + id;
      turn.device = *DeviceId::parse(std::string("02:00:00:00:00:0") + id);
      turn.number = 1;
      turn.user_text = "hello";
      turn.started = std::chrono::time_point_cast<Milliseconds>(clock.wall());
      turn.first_audio = Milliseconds(700);
      turn.user_audio = std::string("\x00\x02\x08\x00", 4);
      store.now().conversations().add(turn);
    }
  }
};

TEST_F(HistoryRoutesTest, AMemberHearsAndReadsItsOwnDevicesOnly) {
  EXPECT_EQ(call("GET", "/api/v1/conversations", {}, member_).status, 400);
  const std::string mine = "/api/v1/conversations?device=02:00:00:00:00:01";
  EXPECT_THAT(call("GET", mine, {}, member_).body, HasSubstr(R"("session":"s1")"));
  EXPECT_EQ(call("GET", "/api/v1/conversations?device=02:00:00:00:00:02", {}, member_).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/conversations/s1", {}, member_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/conversations/s2", {}, member_).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/conversations/s1/turns/1/audio/user", {}, member_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/conversations/s2/turns/1/audio/user", {}, member_).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/latency", {}, member_).status, 400);
  EXPECT_EQ(call("GET", "/api/v1/latency?device=02:00:00:00:00:02", {}, member_).status, 404);
  EXPECT_EQ(json_of(call("GET", "/api/v1/conversations", {}, operator_)).at("items").as_array().size(), 2U);
}

TEST_F(HistoryRoutesTest, AudioIsAnOggFile) {
  const auto audio = call("GET", "/api/v1/conversations/s1/turns/1/audio/user", {}, admin_);
  EXPECT_EQ(audio.content_type, "audio/ogg");
  EXPECT_TRUE(audio.body.starts_with("OggS"));
  for (const char* none : {"/turns/1/audio/reply", "/turns/2/audio/user", "/turns/x/audio/user",
                           "/turns/1/audio/other", "/turns/99999999999999/audio/user"})
    EXPECT_EQ(call("GET", std::string("/api/v1/conversations/s1") + none, {}, admin_).status, 404) << none;
}

TEST_F(HistoryRoutesTest, LatencyIsToldInBucketsAndSingly) {
  const auto latency = json_of(call("GET", "/api/v1/latency?hours=1&buckets=4", {}, operator_));
  EXPECT_EQ(latency.at("latest").as_array().size(), 2U);
  EXPECT_EQ(latency.at("latest").as_array().at(0).at("first_audio_ms").to_number<int>(), 700);
  EXPECT_EQ(call("GET", "/api/v1/latency?hours=99999999999999999999", {}, operator_).status, 400);
}

TEST_F(HistoryRoutesTest, AnUnknownCursorIsRefused) {
  EXPECT_EQ(call("GET", "/api/v1/audit?cursor=%27%20OR%201%3D1", {}, admin_).status, 400);
  EXPECT_EQ(call("GET", "/api/v1/conversations?cursor=;DROP+TABLE", {}, admin_).status, 400);
}

class EventRoutesTest : public RoutesTest {
 protected:
  std::shared_ptr<http::EventFeed> listen(const std::string& query, const std::string& who,
                                          const std::string& last = {}) {
    http::Request request = request_of("GET", "/api/v1/events" + query, {}, who);
    if (!last.empty()) request.headers.add("Last-Event-ID", last);
    http::Response answer;
    router.handle(request, [&answer](http::Response response) { answer = std::move(response); });
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (answer.events) answer.events->take();
    return answer.events;
  }
  void happen() {
    hub.publish("online", *DeviceId::parse("02:00:00:00:00:01"), {});
    hub.publish("online", *DeviceId::parse("02:00:00:00:00:02"), {});
    hub.publish("worker", {}, {});
  }
};

TEST_F(EventRoutesTest, MembersHearOfTheirOwnDevicesOnly) {
  const auto all = listen("", operator_);
  const auto own = listen("", member_);
  const auto filtered = listen("?kinds=worker,session", operator_);
  happen();
  const std::string everything = all->take();
  EXPECT_THAT(everything, HasSubstr("02:00:00:00:00:02"));
  EXPECT_THAT(everything, HasSubstr("event: worker"));
  const std::string mine = own->take();
  EXPECT_THAT(mine, HasSubstr("02:00:00:00:00:01"));
  EXPECT_THAT(mine, Not(HasSubstr("02:00:00:00:00:02")));
  EXPECT_THAT(mine, Not(HasSubstr("worker")));
  EXPECT_THAT(filtered->take(), Not(HasSubstr("online")));
  EXPECT_EQ(call("GET", "/api/v1/events?device=02:00:00:00:00:02", {}, member_).status, 404);
}

TEST_F(EventRoutesTest, WhoMayNotReadConversationsDoesNotHearThem) {
  const DeviceId device = *DeviceId::parse("02:00:00:00:00:01");
  const std::string reader = token_of("admin", {Scope::kDevicesRead});
  const auto live = listen("", reader);
  const auto whole = listen("", admin_);
  hub.publish("turn", device, {{"turn", 1}, {"user_text", "my code is 4711"}, {"reply_text", "4711, noted"}});
  hub.publish("command", device, {{"id", "c1"}});
  http::Request request = request_of("GET", "/api/v1/events", {}, reader);
  request.headers.add("Last-Event-ID", "0");
  http::Response replayed;
  router.handle(request, [&replayed](http::Response response) { replayed = std::move(response); });
  for (const std::string& heard : {live->take(), replayed.events->take()}) {
    EXPECT_THAT(heard, HasSubstr("event: turn"));
    EXPECT_THAT(heard, Not(HasSubstr("4711")));
    EXPECT_THAT(heard, Not(HasSubstr("event: command")));
  }
  const std::string everything = whole->take();
  EXPECT_THAT(everything, HasSubstr("my code is 4711"));
  EXPECT_THAT(everything, HasSubstr("event: command"));
}

TEST_F(EventRoutesTest, AClientThatWasGoneCatchesUp) {
  happen();
  http::Request request = request_of("GET", "/api/v1/events", {}, operator_);
  request.headers.add("Last-Event-ID", "1");
  http::Response answer;
  router.handle(request, [&answer](http::Response response) { answer = std::move(response); });
  const std::string text = answer.events->take();
  EXPECT_THAT(text, Not(HasSubstr("id: 1\n")));
  EXPECT_THAT(text, HasSubstr("id: 2\n"));
  EXPECT_THAT(text, HasSubstr("id: 3\n"));
}

TEST_F(EventRoutesTest, AClientThatMissedMoreThanIsKeptIsToldSo) {
  const auto first_words_after = [this](const std::string& last) {
    http::Request request = request_of("GET", "/api/v1/events", {}, operator_);
    request.headers.add("Last-Event-ID", last);
    http::Response answer;
    router.handle(request, [&answer](http::Response response) { answer = std::move(response); });
    return answer.events->take();
  };
  happen();
  EXPECT_THAT(first_words_after("0"), Not(HasSubstr("gap")));
  EXPECT_THAT(first_words_after("99999"), HasSubstr("event: gap\n")) << "of an earlier run";
  for (std::size_t i = 0; i < EventHub::kKept; ++i) hub.publish("worker", {}, {});
  EXPECT_THAT(first_words_after("1"), HasSubstr("event: gap\n"));
}

TEST_F(EventRoutesTest, AStreamEndsWithItsRightAndLeavesNothingBehind) {
  const auto stream = listen("", member_);
  const auto left = listen("", member_);
  EXPECT_EQ(hub.subscribers(), 2U);
  left->close();
  EXPECT_EQ(hub.subscribers(), 1U);
  call("PATCH", "/api/v1/users/member", R"({"disabled":true})", admin_);
  happen();
  EXPECT_TRUE(stream->is_closed());
  EXPECT_EQ(hub.subscribers(), 0U);
}

}  // namespace
}  // namespace earshot::gateway::api
