// The requests of the established console, as it sends them.
#include "gateway/doors/compat/compat_door.h"

#include <gtest/gtest.h>

#include "gateway/doors/compat/day_token.h"
#include "tests/fakes/device_tools.h"
#include "tests/fakes/inline_store.h"

namespace earshot::compat {
namespace {

constexpr const char* kClient = "bread-compact-wifi@@@02_00_00_00_00_01@@@02_00_00_00_00_01";

class CompatDoorTest : public ::testing::Test {
 protected:
  CompatDoorTest() {
    store::Device device;
    device.id = *DeviceId::parse("02:00:00:00:00:01");
    devices_.put(device);
    door_.mount(router_);
  }
  void online() {
    const auto client = *auth::parse_client_id(kClient);
    devices_.set_online(client, true);
    commands_.presence(client.device, true);
  }
  std::string token(int days = 0) const {
    return day_token(std::chrono::floor<std::chrono::days>(clock_.wall()) + std::chrono::days(days), key_);
  }
  http::Response post(const std::string& path, const std::string& body, const std::string& token) {
    http::Request request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    request.peer = "192.0.2.1";
    request.headers.add("Authorization", "Bearer " + token);
    std::optional<http::Response> answer;
    router_.handle(std::move(request), [&](http::Response response) { answer = std::move(response); });
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!answer && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(Milliseconds(20));
    }
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(http::Response{});
  }
  http::Response ask(const std::string& method, const std::string& params) {
    return post(std::string("/api/commands/") + kClient,
                R"({"type":"mcp","payload":{"jsonrpc":"2.0","id":77,"method":")" + method + R"(","params":)" +
                    params + "}}",
                token());
  }
  // The device answers at once.
  static gateway::OrderOutcome obey(const gateway::DeviceOrder& order) {
    if (std::holds_alternative<gateway::ListTools>(order)) {
      return gateway::OrderOutcome(fakes::tools_of(
          R"({"tools":[{"name":"a","description":"d","inputSchema":{"type":"object","properties":{}}},)"
          R"({"name":"b","description":"","inputSchema":{},"annotations":{"audience":["user"]}}]})"));
    }
    return gateway::OrderOutcome(*json::parse_object(
        R"({"content":[{"type":"text","text":"{\"volume\":7}"}],"isError":false})", 4096));
  }

  Secret key_{"Sample-Key-For-Docs"};
  asio::io_context io_{1};
  SystemClock clock_;
  fakes::InlineStore store_;
  gateway::EventHub hub_{clock_};
  gateway::DeviceDirectory devices_{io_.get_executor(), store_, hub_, clock_};
  commands::CommandService commands_{
      io_.get_executor(),
      store_,
      devices_,
      hub_,
      clock_,
      {.order = [this](const DeviceId&, const gateway::DeviceOrder& order,
                       const std::function<void(gateway::OrderOutcome)>& done) {
        asio::post(io_, [done, outcome = obey(order)] { done(outcome); });
      }}};
  CompatDoor door_{key_, commands_, devices_, clock_};
  http::Router router_;
};

TEST(DayToken, IsTheHashOfDateAndKey) {
  using namespace std::chrono_literals;
  const auto day = std::chrono::sys_days(2026y / 11 / 21);
  // printf '%s' 2026-11-21key | sha256sum
  EXPECT_EQ(day_token(day, Secret("key")),
            "ced78db78853b9d10e76e08efa176c0a1c401f41a8808319452ba6e15ef662d1");
  for (int shift = -1; shift <= 1; ++shift) {
    EXPECT_TRUE(
        is_day_token(day_token(day + std::chrono::days(shift), Secret("key")), Secret("key"), day + 5h));
  }
  EXPECT_FALSE(is_day_token(day_token(day + std::chrono::days(2), Secret("key")), Secret("key"), day + 5h));
  EXPECT_FALSE(is_day_token(day_token(day, Secret("other")), Secret("key"), day + 5h));
  EXPECT_FALSE(is_day_token(day_token(day, Secret("")), Secret(""), day + 5h));
}

TEST_F(CompatDoorTest, ListsToolsAsTheDeviceDoes) {
  online();
  const auto answer = ask("tools/list", R"({"withUserTools":true})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"success":true,"data":{"tools":[{"name":"a","description":"d","inputSchema":{"type":"object",)"
      R"("properties":{}}},{"name":"b","description":"","inputSchema":{},"annotations":{"audience":["user"]}}]},)"
      R"("id":77})");
  EXPECT_EQ(ask("tools/list", R"({"cursor":"b"})").body, R"({"success":true,"data":{"tools":[]},"id":77})");
}

TEST_F(CompatDoorTest, CallsAToolAlsoOneForUsers) {
  online();
  const auto answer = ask("tools/call", R"({"name":"b","arguments":{}})");
  EXPECT_EQ(
      answer.body,
      R"({"success":true,"data":{"content":[{"type":"text","text":"{\"volume\":7}"}],"isError":false},"id":77})");
  const auto audit = store_.now().audit().list({});
  ASSERT_EQ(audit.items.size(), 1U);
  EXPECT_EQ(audit.items[0].who, "compat");
}

TEST_F(CompatDoorTest, AnOfflineDeviceIsAnErrorAtOnce) {
  const auto answer = ask("tools/call", R"({"name":"a"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(answer.body.starts_with(R"({"success":false,"error":")")) << answer.body;
}

TEST_F(CompatDoorTest, TellsWhoIsThereByEitherName) {
  online();
  const std::string expected = std::string(R"({")") + kClient +
                               R"(":{"isAlive":null,"exists":true},"x@@@02_00_00_00_00_09@@@y":)"
                               R"({"isAlive":false,"exists":false}})";
  for (const char* name : {"clientIds", "deviceIds"}) {
    const auto answer = post(
        "/api/devices/status",
        std::string(R"({")") + name + R"(":[")" + kClient + R"(","x@@@02_00_00_00_00_09@@@y"]})", token());
    EXPECT_EQ(answer.body, expected) << name;
  }
}

TEST_F(CompatDoorTest, NobodyEntersWithoutTheDaysToken) {
  EXPECT_EQ(post("/api/devices/status", R"({"clientIds":[]})", "").status, 401);
  EXPECT_EQ(post("/api/devices/status", R"({"clientIds":[]})", token(2)).status, 401);
  EXPECT_EQ(post("/api/devices/status", R"({"clientIds":[]})", token(-1)).status, 200);
  EXPECT_EQ(post("/api/devices/status", "{}", token()).status, 400);
  EXPECT_EQ(post("/api/commands/nonsense", "{}", token()).status, 400);
  EXPECT_EQ(ask("initialize", "{}").status, 400);
  int last = 0;
  for (std::uint32_t i = 0; i < CompatDoor::kBurst + 1; ++i) {
    last = post("/api/devices/status", R"({"clientIds":[]})", "guess").status;
  }
  EXPECT_EQ(last, 429);
}

}  // namespace
}  // namespace earshot::compat
