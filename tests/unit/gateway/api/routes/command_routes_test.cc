#include "gateway/api/routes/command_routes.h"

#include "tests/unit/gateway/api/api_harness.h"
#include "tests/unit/gateway/api/openapi_check.h"

namespace earshot::commands {
namespace {

using gateway::api::ApiHarness;
using gateway::api::Scope;
using gateway::api::ScopeSet;

class CommandRoutesTest : public testing::Test, protected ApiHarness {
 protected:
  CommandRoutesTest() {
    start();
    const std::size_t before = api->routes().rows().size();
    add_command_routes(
        api->routes(),
        {.commands = commands_, .devices = devices, .store = store, .executor = io.get_executor()});
    rows_.assign(api->routes().rows().begin() + static_cast<std::ptrdiff_t>(before),
                 api->routes().rows().end());
    admin_ = token_of("admin", ScopeSet::all());
    member_ = token_of("member", ScopeSet::all());
  }
  void online() {
    const auto client =
        *auth::parse_client_id("G@@@02_00_00_00_00_01@@@36c98363-3656-43cb-a00f-8bced2391a90");
    devices.set_online(client, true);
    commands_.presence(client.device, true);
  }
  static std::string alert(const std::string& device, const std::string& id) {
    return R"({"kind":"alert","message":"m","device":")" + device + R"(","id":")" + id + R"("})";
  }
  json::object first_item(const http::Response& response) {
    const auto body = json_of(response);
    const auto* items = json::find_array(body, "items");
    if (items == nullptr || items->empty()) ADD_FAILURE() << response.body;
    return items == nullptr || items->empty() ? json::object{} : items->at(0).as_object();
  }

  static constexpr const char* kMine = "02:00:00:00:00:01";
  static constexpr const char* kForeign = "02:00:00:00:00:02";
  SystemClock time_;
  std::vector<std::string> sent_;
  CommandService commands_{io.get_executor(),
                           store,
                           devices,
                           hub,
                           time_,
                           {.order = [this](const DeviceId&, const gateway::DeviceOrder& order,
                                            const std::function<void(gateway::OrderOutcome)>& done) {
                             if (!std::holds_alternative<gateway::SendMessage>(order)) return;
                             sent_.push_back(std::get<gateway::SendMessage>(order).json);
                             asio::post(io, [done] { done(gateway::OrderOutcome(kDone)); });
                           }}};
  std::vector<gateway::api::RouteRow> rows_;
  std::string admin_;
  std::string member_;
};

TEST_F(CommandRoutesTest, TheDocumentNamesThem) {
  gateway::api::expect_documented(rows_, "commands");
}

TEST_F(CommandRoutesTest, WaitsForTheEndWhenAsked) {
  online();
  const auto at_once = call("POST", "/api/v1/commands", alert(kMine, "c1"), admin_);
  EXPECT_EQ(at_once.status, 202);
  EXPECT_EQ(first_item(at_once).at("state").as_string(), "queued");
  const auto waited = call("POST", "/api/v1/commands?wait_ms=5000", alert(kMine, "c2"), admin_);
  EXPECT_EQ(waited.status, 200);
  EXPECT_EQ(first_item(waited).at("state").as_string(), "answered");
  const auto again = call("POST", "/api/v1/commands", alert(kMine, "c2"), admin_);
  EXPECT_EQ(again.status, 200) << "over already";
  EXPECT_EQ(sent_.size(), 2U);
  const auto patient =
      call("POST", "/api/v1/commands?wait_ms=10", R"({"kind":"tools","device":"02:00:00:00:00:02"})", admin_);
  EXPECT_EQ(patient.status, 202);
}

TEST_F(CommandRoutesTest, RefusalsHaveTheirStatus) {
  EXPECT_EQ(call("POST", "/api/v1/commands", "{}", admin_).status, 400);
  EXPECT_EQ(call("POST", "/api/v1/commands?wait_ms=x", alert(kMine, "c"), admin_).status, 400);
  EXPECT_EQ(call("POST", "/api/v1/commands", alert("02:00:00:00:00:99", "c"), admin_).status, 404);
  call("POST", "/api/v1/commands", alert(kMine, "c1"), admin_);
  const auto conflict = call("POST", "/api/v1/commands", alert(kForeign, "c1"), admin_);
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(code_of(conflict), "conflict");
  const auto plain = token_of("admin", ScopeSet{Scope::kCommands});
  EXPECT_EQ(
      call("POST", "/api/v1/commands", R"({"kind":"reboot","device":"02:00:00:00:00:01"})", plain).status,
      403);
  EXPECT_EQ(call("GET", "/api/v1/commands?state=lost", {}, admin_).status, 400);
  EXPECT_EQ(call("GET", "/api/v1/commands/unknown", {}, admin_).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/commands/%27%20OR%201=1", {}, admin_).status, 404);
}

TEST_F(CommandRoutesTest, AMemberCommandsAndSeesOnlyItsOwnDevices) {
  EXPECT_EQ(call("POST", "/api/v1/commands", alert(kMine, "m1"), member_).status, 202);
  EXPECT_EQ(call("POST", "/api/v1/commands", alert(kForeign, "m2"), member_).status, 404);
  call("POST", "/api/v1/commands", alert(kForeign, "a1"), admin_);
  EXPECT_EQ(call("GET", "/api/v1/commands/m1", {}, member_).status, 200);
  EXPECT_EQ(call("GET", "/api/v1/commands/a1", {}, member_).status, 404);
  EXPECT_EQ(call("POST", "/api/v1/commands/a1/cancel", {}, member_).status, 404);
  EXPECT_EQ(call("GET", "/api/v1/commands", {}, member_).status, 400);
  EXPECT_EQ(call("GET", std::string("/api/v1/commands?device=") + kForeign, {}, member_).status, 404);
  EXPECT_EQ(call("GET", std::string("/api/v1/devices/") + kForeign + "/tools", {}, member_).status, 404);
  const auto own = call("GET", std::string("/api/v1/commands?state=queued&device=") + kMine, {}, member_);
  EXPECT_EQ(first_item(own).at("id").as_string(), "m1");
}

TEST_F(CommandRoutesTest, WhatWaitsIsCancelledOnce) {
  call("POST", "/api/v1/commands", alert(kMine, "c1"), admin_);
  const auto cancelled = call("POST", "/api/v1/commands/c1/cancel", {}, admin_);
  EXPECT_EQ(cancelled.status, 200);
  EXPECT_EQ(json_of(cancelled).at("state").as_string(), "cancelled");
  EXPECT_EQ(call("POST", "/api/v1/commands/c1/cancel", {}, admin_).status, 409);
}

TEST_F(CommandRoutesTest, ToolsAreThoseThatWereLastTold) {
  const std::string path = std::string("/api/v1/devices/") + kMine + "/tools";
  EXPECT_EQ(call("GET", path, {}, admin_).status, 404);
  EXPECT_EQ(call("GET", path + "?refresh=1", {}, admin_).status, 409) << "offline";
  store.now().devices().put(device(kMine, "member"));
  store.now().devices().put_tools(*DeviceId::parse(kMine), R"({"tools":[],"at":1})");
  EXPECT_EQ(call("GET", path, {}, admin_).body, R"({"tools":[],"at":1})");
}

TEST_F(CommandRoutesTest, ATagOfTooManyDevicesIsRefusedWithTheirNumber) {
  for (int i = 0; i < 1001; ++i) {
    std::string mac = "02:00:00:01:00:00";
    const std::string hex = "0123456789abcdef";
    mac[12] = hex[static_cast<std::size_t>(i) >> 8];
    mac[13] = hex[(static_cast<std::size_t>(i) >> 4) & 15];
    mac[15] = hex[static_cast<std::size_t>(i) & 15];
    auto made = device(mac, "other");
    made.tags = {"all"};
    devices.put(std::move(made));
  }
  const std::string alarm = R"({"kind":"alert","message":"leave","tag":"all"})";
  const auto refused = call("POST", "/api/v1/commands", alarm, admin_);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(code_of(refused), "too_many_devices");
  EXPECT_THAT(refused.body, testing::HasSubstr("1001 devices"));
  EXPECT_EQ(commands_.unfinished(), 0U);
  devices.remove(*DeviceId::parse("02:00:00:01:00:00"));
  const auto given = call("POST", "/api/v1/commands", alarm, admin_);
  EXPECT_EQ(given.status, 202);
  EXPECT_EQ(json_of(given).at("items").as_array().size(), 1000U);
}

TEST_F(CommandRoutesTest, WhoLostPatienceWatchesNoMore) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(call("POST", "/api/v1/commands?wait_ms=1", alert(kMine, "c1"), admin_).status, 202);
  }
  EXPECT_EQ(commands_.watches(), 0U);
  for (int i = 0; i < 5; ++i) call("POST", "/api/v1/commands/c1/cancel", {}, admin_);
  EXPECT_EQ(commands_.watches(), 0U);
}

}  // namespace
}  // namespace earshot::commands
