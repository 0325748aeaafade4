// What holds for every route, told by walking the table.
#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::gateway::api {
namespace {

ScopeSet all_but(Scope left_out) {
  ScopeSet scopes;
  for (std::size_t i = 0; i < kScopes; ++i) {
    if (static_cast<Scope>(i) != left_out) scopes.add(static_cast<Scope>(i));
  }
  return scopes;
}

class RouteTableTest : public ApiTest {
 protected:
  // A path of the table with names that exist.
  static std::string filled_in(std::string path) {
    const std::map<std::string, std::string> values{{"{id}", "02:00:00:00:00:01"},
                                                    {"{name}", "other"},
                                                    {"{session}", "s1"},
                                                    {"{n}", "1"},
                                                    {"{side}", "user"},
                                                    {"{stage}", "llm"}};
    if (path == "/api/v1/tokens/{id}") return "/api/v1/tokens/gone";
    for (const auto& [name, value] : values) {
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    }
    return path;
  }
  static std::string example_of(const RouteRow& row) {
    const auto document = json::parse_object(openapi_document(), 4 << 20);
    std::string method = row.method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    const json::object& operation = document->at("paths").at(row.path).at(method).as_object();
    const json::object* body = json::find_object(operation, "requestBody");
    return body == nullptr ? "" : json::serialize(body->at("content").at("application/json").at("example"));
  }
};

TEST_F(RouteTableTest, TheDocumentNamesTheSameMethodsPathsAndScopes) {
  auto routes = declared(api->routes().rows());
  routes["GET /api/v1/openapi.json"] = "none";
  EXPECT_EQ(routes, documented(""));
}

TEST_F(RouteTableTest, WithoutALoginEveryRouteButThePublicOnesIs401) {
  for (const RouteRow& row : api->routes().rows()) {
    if (row.access == Access::kPublic) continue;
    const auto answer = call(row.method, filled_in(row.path), example_of(row));
    EXPECT_EQ(answer.status, 401) << row.method << " " << row.path;
    EXPECT_EQ(code_of(answer), "unauthorized");
    EXPECT_EQ(answer.headers.find("WWW-Authenticate"), "Bearer");
  }
}

TEST_F(RouteTableTest, WithEveryScopeButTheRightOneEveryRouteIs403) {
  for (const RouteRow& row : api->routes().rows()) {
    if (!row.scope) continue;
    const auto answer =
        call(row.method, filled_in(row.path), example_of(row), token_of("admin", all_but(*row.scope)));
    EXPECT_EQ(answer.status, 403) << row.method << " " << row.path;
    EXPECT_THAT(answer.body, testing::HasSubstr(std::string(name(*row.scope))));
  }
  EXPECT_TRUE(audit().empty());
}

TEST_F(RouteTableTest, ATokenHasNoPasswordToChange) {
  const auto answer =
      call("POST", "/api/v1/me/password", R"({"old":"a","new":"b"})", token_of("admin", ScopeSet::all()));
  EXPECT_EQ(answer.status, 403);
}

TEST_F(RouteTableTest, WritesWithACookieNeedTheCsrfTokenOfItsSession) {
  const std::string session = log_in("admin");
  const std::string another = log_in("admin");
  const std::string cookie = session.substr(0, session.find(' '));
  for (const RouteRow& row : api->routes().rows()) {
    if (row.access == Access::kPublic || row.method == "GET") continue;
    const auto without = call(row.method, filled_in(row.path), example_of(row), cookie);
    EXPECT_EQ(without.status, 403) << row.method << " " << row.path;
    const auto foreign =
        call(row.method, filled_in(row.path), example_of(row), cookie + another.substr(another.find(' ')));
    EXPECT_EQ(foreign.status, 403) << row.method << " " << row.path;
  }
  EXPECT_EQ(call("GET", "/api/v1/me", {}, cookie).status, 200);
}

TEST_F(RouteTableTest, EveryWriteLeavesAnAuditEntryAndItsExampleIsAccepted) {
  // In this order each finds what it needs.
  store.now().agents().put(store::Agent{.name = "other", .config = "{}", .changed = {}});
  store.now().agents().put(
      store::Provider{.stage = "llm", .name = "other", .config = "{}", .secrets = {}, .changed = {}});
  call("POST", "/api/v1/operators", R"({"name":"other"})", token_of("admin", ScopeSet::all()));
  const std::string token = token_of("admin", ScopeSet::all());
  for (const RouteRow& row : api->routes().rows()) {
    if (row.action.empty() || !row.scope) continue;  // login_routes_test.cc
    // These need a shard (tests/integration).
    if (row.path == "/api/v1/sessions/{session}" || row.path == "/api/v1/workers/{id}/drain" ||
        row.path == "/api/v1/system/reload")
      continue;
    std::string path = filled_in(row.path);
    if (row.path == "/api/v1/tokens/{id}") {
      const std::string gone = token_of("other", {});
      path = "/api/v1/tokens/" + gone.substr(4, gone.find('_', 4) - 4);
    }
    const std::size_t before = audit().size();
    const auto answer = call(row.method, path, example_of(row), token);
    EXPECT_LT(answer.status, 300) << row.method << " " << path << ": " << answer.body;
    ASSERT_EQ(audit().size(), before + 1) << row.method << " " << path;
    const store::AuditEntry entry = audit().front();
    EXPECT_EQ(entry.action, row.action);
    EXPECT_TRUE(entry.who.starts_with("token:")) << entry.who;
    EXPECT_FALSE(entry.target.empty()) << row.path;
    EXPECT_EQ(entry.peer, peer);
    for (const char* secret : {"sk-example", "correct horse", "ear_"})
      EXPECT_THAT(entry.detail, testing::Not(testing::HasSubstr(secret)));
  }
}

TEST_F(RouteTableTest, NothingIsAnsweredBeforeTheUsersAreKnown) {
  ApiHarness fresh;
  http::Router router_of_fresh;
  AuthSettings settings{.secrets_folder = fresh.folder / "secrets",
                        .console_url = "http://192.0.2.1",
                        .sessions = {},
                        .version = {},
                        .admission = {}};
  Api starting({.executor = io.get_executor(),
                .clock = clock,
                .store = store,
                .secrets = secrets,
                .devices = devices,
                .hub = hub,
                .shards = shards},
               settings, router_of_fresh);
  int status = 0;
  router_of_fresh.handle(request_of("GET", "/api/v1/me", {}, {}),
                         [&status](const http::Response& answer) { status = answer.status; });
  EXPECT_EQ(status, 503);
}

}  // namespace
}  // namespace earshot::gateway::api
