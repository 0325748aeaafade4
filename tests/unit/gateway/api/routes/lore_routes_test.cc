#include "gateway/api/routes/lore_routes.h"

#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::gateway::api {
namespace {

class LoreRoutesTest : public testing::Test, protected ApiHarness {
 protected:
  LoreRoutesTest() {
    start();
    const std::size_t before = api->routes().rows().size();
    add_lore_routes(api->routes(), library_);
    rows_.assign(api->routes().rows().begin() + static_cast<std::ptrdiff_t>(before),
                 api->routes().rows().end());
    admin_ = token_of("admin", ScopeSet::all());
  }
  static std::string path(const std::string& agent, const std::string& title = {}) {
    return "/api/v1/agents/" + agent + "/documents" + (title.empty() ? "" : "/" + title);
  }
  std::size_t listed(const std::string& of) {
    return json_of(call("GET", of, {}, admin_)).at("items").as_array().size();
  }

  LoreLibrary library_{io.get_executor(), store, clock, {}};
  std::vector<RouteRow> rows_;
  std::string admin_;
};

TEST_F(LoreRoutesTest, TheDocumentNamesThem) {
  EXPECT_EQ(declared(rows_), documented("lore"));
}

TEST_F(LoreRoutesTest, ADocumentIsPutListedAndRemoved) {
  const auto put = call("PUT", path("House-1", "the%20guide.txt"), "# Hours\nNine.", admin_);
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(json_of(put).at("title").as_string(), "the guide.txt");
  EXPECT_EQ(json_of(put).at("passages").to_number<int>(), 1);
  EXPECT_EQ(listed(path("House-1")), 1U);
  EXPECT_EQ(listed(path("bear")), 0U);
  EXPECT_EQ(listed("/api/v1/documents"), 1U);
  EXPECT_EQ(call("DELETE", path("bear", "the%20guide.txt"), {}, admin_).status, 404);
  EXPECT_EQ(call("DELETE", path("House-1", "the%20guide.txt"), {}, admin_).status, 200);
  EXPECT_EQ(listed(path("House-1")), 0U);
}

TEST_F(LoreRoutesTest, NamesAreChecked) {
  EXPECT_EQ(call("PUT", path("no%20agent", "a.txt"), "text", admin_).status, 404);
  EXPECT_EQ(call("PUT", path("house", "a%0Ab.txt"), "text", admin_).status, 400);
  EXPECT_EQ(call("PUT", path("house", "a.exe"), "text", admin_).status, 400);
  EXPECT_EQ(call("PUT", path("house", std::string(200, 'a') + ".md"), "text", admin_).status, 400);
}

TEST_F(LoreRoutesTest, WhoMayNotChangeAgentsMayNotGiveThemDocuments) {
  const auto reader = token_of("admin", ScopeSet{Scope::kAgentsRead});
  EXPECT_EQ(call("GET", path("house"), {}, reader).status, 200);
  EXPECT_EQ(call("PUT", path("house", "a.txt"), "text", reader).status, 403);
  EXPECT_EQ(call("DELETE", path("house", "a.txt"), {}, reader).status, 403);
}

TEST_F(LoreRoutesTest, TheAuditLogNamesTheDocument) {
  call("PUT", path("house", "a.txt"), "a secret", admin_);
  const auto entries = store.now().audit().list({}).items;
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0].action, "document.put");
  EXPECT_EQ(entries[0].target, "house a.txt");
  EXPECT_EQ(entries[0].detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace earshot::gateway::api
