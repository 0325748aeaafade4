// The whole API over a store in memory, without sockets: requests go to the router, answers come back.
//
// Runs on: the test's thread; passwords are hashed on their own thread, as they are in the gateway.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "common/base/password_hash.h"
#include "gateway/api/api.h"
#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway::api {

inline constexpr const char* kPassword = "correct horse";

class ApiHarness {
 public:
  ApiHarness() {
    clock.set_wall(std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 50)));
    // What the routes of the table may touch: a user, devices of two owners, a conversation.
    for (const auto role : {store::Role::kAdmin, store::Role::kOperator, store::Role::kMember})
      add_user(std::string(name(role)), role);
    add_user("other", store::Role::kMember);
    const std::vector<store::Device> kept{device("02:00:00:00:00:01", "member"),
                                          device("02:00:00:00:00:02", "other")};
    for (const store::Device& one : kept) store.now().devices().put(one);
    devices.load(kept);
  }
  ~ApiHarness() { std::filesystem::remove_all(folder); }

  void start() {
    api.emplace(ApiParts{.executor = io.get_executor(),
                         .clock = clock,
                         .store = store,
                         .secrets = secrets,
                         .devices = devices,
                         .hub = hub,
                         .shards = shards,
                         .admission = AdmissionMode::kBind,
                         .websocket_possible = true,
                         .on_agents_changed = [this] { ++agents_changed; }},
                AuthSettings{.secrets_folder = folder / "secrets",
                             .console_url = "http://192.0.2.1:8003",
                             .sessions = {},
                             .version = "1.2.3",
                             .admission = "bind"},
                router);
    api->load(Api::read(store.now()));
  }

  void add_user(const std::string& user_name, store::Role role) {
    static const std::string kHash = hash_password(Secret(kPassword));
    store.now().users().put({.name = user_name,
                             .password_hash = kHash,
                             .role = role,
                             .disabled = false,
                             .created = {},
                             .last_login = std::nullopt});
  }
  static store::Device device(const std::string& id, const std::string& owner) {
    store::Device made;
    made.id = *DeviceId::parse(id);
    made.name = "device of " + owner;
    made.owner = owner;
    made.bound = true;
    return made;
  }

  // `who`: "" for nobody, "cookie:..." with its CSRF token behind a space, else a token.
  http::Response call(const std::string& method, const std::string& target, const std::string& body = {},
                      const std::string& who = {}) {
    http::Request request = request_of(method, target, body, who);
    std::optional<http::Response> answer;
    router.handle(std::move(request), [&answer](http::Response response) { answer = std::move(response); });
    io.restart();
    const auto guard = asio::make_work_guard(io);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!answer && std::chrono::steady_clock::now() < limit) io.run_one_for(Milliseconds(100));
    io.poll();
    if (!answer) ADD_FAILURE() << method << " " << target << " was never answered";
    return std::move(answer).value_or(http::Response{});
  }
  http::Request request_of(const std::string& method, const std::string& target, const std::string& body,
                           const std::string& who) const {
    http::Request request;
    request.method = method;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.body = body;
    request.peer = peer;
    request.from_this_host = peer == "127.0.0.1";
    if (who.starts_with("cookie:")) {
      const auto space = who.find(' ');
      request.headers.add("Cookie", "a=b; earshot_session=" + who.substr(7, space - 7));
      if (space != std::string::npos) request.headers.add("X-Earshot-CSRF", who.substr(space + 1));
    } else if (!who.empty()) {
      request.headers.add("Authorization", "Bearer " + who);
    }
    return request;
  }
  static json::object json_of(const http::Response& response) {
    auto parsed = json::parse_object(response.body, 1 << 20);
    if (!parsed) ADD_FAILURE() << "no JSON: " << response.body;
    return parsed ? *parsed : json::object{};
  }
  static std::string code_of(const http::Response& response) {
    const json::object body = json_of(response);
    const json::object* error = json::find_object(body, "error");
    return error == nullptr ? "" : std::string(json::find_string(*error, "code").value_or(""));
  }

  // A session of that user, as call() takes it.
  std::string log_in(const std::string& user, const std::string& password = kPassword) {
    const auto answer =
        call("POST", "/api/v1/login", json::serialize(json::object{{"user", user}, {"password", password}}));
    if (answer.status != 200) return {};
    const std::string cookie(answer.headers.find("Set-Cookie"));
    const auto begin = cookie.find('=') + 1;
    return "cookie:" + cookie.substr(begin, cookie.find(';') - begin) + " " +
           std::string(*json::find_string(json_of(answer), "csrf"));
  }
  // A token of that user with these scopes, made directly.
  std::string token_of(const std::string& user, const ScopeSet& scopes) {
    TokenText shown = TokenText::random();
    const store::Token token{.id = shown.id,
                             .hash = hash_of(shown.secret),
                             .label = "test",
                             .user = user,
                             .scopes = scopes.names(),
                             .created = {},
                             .expires = std::nullopt,
                             .last_used = std::nullopt};
    api->auth().accounts.put(token, [](const Status&) {});
    io.poll();
    io.restart();
    return shown.text();
  }
  std::vector<store::AuditEntry> audit() { return store.now().audit().list({.limit = 1000}).items; }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("earshot_api_" + std::to_string(::getpid()) + "_" + std::to_string(++harnesses_));
  asio::io_context io{1};
  fakes::ManualClock clock;
  fakes::InlineStore store;
  store::SecretBox secrets{Secret("0123456789abcdef0123456789abcdef")};
  EventHub hub{clock};
  const Shards shards;  // none: 503 of what asks them
  DeviceDirectory devices{io.get_executor(), store, hub, clock};
  http::Router router;
  std::optional<Api> api;
  std::string peer = "192.0.2.9";
  int agents_changed = 0;

 private:
  static inline int harnesses_ = 0;
};

class ApiTest : public testing::Test, protected ApiHarness {
 protected:
  ApiTest() { start(); }
};

}  // namespace earshot::gateway::api
