#include "gateway/api/routes/memory_routes.h"

#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::gateway::api {
namespace {

class MemoryRoutesTest : public testing::Test, protected ApiHarness {
 protected:
  MemoryRoutesTest() {
    start();
    const std::size_t before = api->routes().rows().size();
    add_memory_routes(api->routes(),
                      {.store = store,
                       .devices = devices,
                       .memory = keeper_,
                       .clock = clock,
                       .executor = io.get_executor(),
                       .forget_notebook = [this](const DeviceId&) { ++notebooks_forgotten_; },
                       .forget_dialogue = [this](const DeviceId&) { ++dialogues_forgotten_; }});
    rows_.assign(api->routes().rows().begin() + static_cast<std::ptrdiff_t>(before),
                 api->routes().rows().end());
    admin_ = token_of("admin", ScopeSet::all());
    member_ = token_of("member", ScopeSet::all());
    for (const char* device : {kMine, kForeign}) {
      const store::MemoryOwner owner{*DeviceId::parse(device), "house"};
      store.now().memory()->change(owner, {.learnt = {"likes tea"}}, store::WallTime(Milliseconds(5)));
      for (int at = 1; at <= 3; ++at)
        store.now().memory()->add(
            owner,
            {.at = store::WallTime(Milliseconds(at)), .words = "turn " + std::to_string(at), .reply = "ok"},
            9);
    }
  }
  json::object memory_of(const std::string& device, const std::string& query = {}) {
    return json_of(call("GET", path(device) + query, {}, admin_));
  }
  static std::string path(const std::string& device) { return "/api/v1/devices/" + device + "/memory"; }
  std::string fact_path(const std::string& device) {
    const auto id = store.now().memory()->all(*DeviceId::parse(device), 0, std::nullopt).facts.at(0).id;
    return path(device) + "/facts/" + std::to_string(id);
  }

  static constexpr const char* kMine = "02:00:00:00:00:01";
  static constexpr const char* kForeign = "02:00:00:00:00:02";
  MemoryKeeper keeper_{io.get_executor(), store, clock, 100,
                       [](const DeviceId&, const SessionId&, ipc::MemoryDown) {}};
  int notebooks_forgotten_ = 0;
  int dialogues_forgotten_ = 0;
  std::vector<RouteRow> rows_;
  std::string admin_;
  std::string member_;
};

TEST_F(MemoryRoutesTest, TheDocumentNamesThem) {
  expect_documented(rows_, "memory");
}

TEST_F(MemoryRoutesTest, ShowsWhatIsRememberedPageByPage) {
  const json::object page = memory_of(kMine, "?limit=2");
  EXPECT_EQ(page.at("facts").as_array().at(0).as_object().at("text").as_string(), "likes tea");
  EXPECT_EQ(page.at("turns").as_array().size(), 2U);
  EXPECT_EQ(page.at("turns_in_all").to_number<int>(), 3);
  const json::object next = memory_of(kMine, "?limit=2&before=2");
  EXPECT_EQ(next.at("turns").as_array().at(0).as_object().at("user_text").as_string(), "turn 1");
}

TEST_F(MemoryRoutesTest, AFactIsCorrectedAndForgotten) {
  const std::string fact = fact_path(kMine);
  EXPECT_EQ(call("PUT", fact, R"({"text":"likes coffee"})", admin_).status, 200);
  EXPECT_EQ(memory_of(kMine).at("facts").as_array().at(0).as_object().at("text").as_string(), "likes coffee");
  EXPECT_EQ(call("PUT", fact, R"({"text":""})", admin_).status, 400);
  EXPECT_EQ(call("PUT", fact, R"({"text":5})", admin_).status, 400);
  EXPECT_EQ(call("DELETE", fact, {}, admin_).status, 200);
  EXPECT_EQ(call("DELETE", fact, {}, admin_).status, 404);
  EXPECT_EQ(call("DELETE", path(kMine) + "/facts/x", {}, admin_).status, 404);
  EXPECT_EQ(call("DELETE", path(kMine) + "/facts/99999999999999999999", {}, admin_).status, 404);
}

TEST_F(MemoryRoutesTest, ADeviceIsForgottenWhole) {
  EXPECT_EQ(call("DELETE", path(kMine), {}, admin_).status, 200);
  EXPECT_TRUE(memory_of(kMine).at("turns").as_array().empty());
  EXPECT_TRUE(memory_of(kMine).at("facts").as_array().empty());
  EXPECT_EQ(memory_of(kForeign).at("turns").as_array().size(), 3U);
  EXPECT_EQ(notebooks_forgotten_, 1);
  EXPECT_EQ(dialogues_forgotten_, 1);
}

// Ids are guessable: what is somebody else's does not exist.
TEST_F(MemoryRoutesTest, AMemberReachesOnlyItsOwnDevices) {
  EXPECT_EQ(call("GET", path(kMine), {}, member_).status, 200);
  EXPECT_EQ(call("GET", path(kForeign), {}, member_).status, 404);
  EXPECT_EQ(call("DELETE", path(kForeign), {}, member_).status, 404);
  EXPECT_EQ(call("DELETE", fact_path(kForeign), {}, member_).status, 404);
  // Through its own device it does not reach a fact of another one.
  const std::string foreign = fact_path(kForeign);
  EXPECT_EQ(call("DELETE", path(kMine) + foreign.substr(foreign.find("/facts")), {}, member_).status, 404);
  const auto reader = token_of("admin", ScopeSet{Scope::kConversationsRead});
  EXPECT_EQ(call("DELETE", path(kMine), {}, reader).status, 403);
}

TEST_F(MemoryRoutesTest, TheAuditLogTellsThatAndNotWhat) {
  call("PUT", fact_path(kMine), R"({"text":"has a secret"})", admin_);
  call("DELETE", path(kMine), {}, admin_);
  const auto entries = store.now().audit().list({}).items;
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries[0].action, "memory.forget");
  for (const auto& entry : entries) EXPECT_EQ(entry.detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace earshot::gateway::api
