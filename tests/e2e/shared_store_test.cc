// Two gateways, each with its broker and worker, on one PostgreSQL database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "common/http/http_client.h"
#include "tests/e2e/sim_run.h"
#include "tests/fakes/postgres_server.h"

namespace earshot::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kSharedMac = "02:11:22:33:44:66";

class SharedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = fakes::PostgresServer::missing(); !why.empty()) GTEST_SKIP() << why;
    server_ = std::make_unique<fakes::PostgresServer>();
    url_ = server_->new_database();
    const std::string keys = scratch_folder();
    key_file_ = keys + "/key";
    std::ofstream(key_file_) << std::string(44, 'k');
    here_ = gateway("here");
    there_ = gateway("there");
  }
  std::unique_ptr<System> gateway(const std::string& name) {
    return std::make_unique<System>(System::Options{
        .workers = 1,
        .gateway_settings = {"admission.mode=bind", "store.url=" + url_, "store.gateway=" + name,
                             "store.key_file=" + key_file_, "device_key_file=" + key_file_}});
  }
  static http::Response api(const System& system, const std::string& method, const std::string& path,
                            const std::string& body = "{}") {
    std::string token = read_file(system.data() + "/data/secrets/admin.token");
    while (!token.empty() && token.back() == '\n') token.pop_back();
    http::Headers headers;
    headers.add("Authorization", "Bearer " + token);
    headers.add("Content-Type", "application/json");
    const auto answer =
        http::request(method, "http://127.0.0.1:" + std::to_string(system.http_port()) + "/api/v1" + path,
                      headers, body, seconds(10));
    return answer.ok() ? *answer : http::Response{};
  }
  template <class Condition>
  static bool within(milliseconds longest, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + longest;
    while (!condition() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(20));
    return condition();
  }

  std::unique_ptr<fakes::PostgresServer> server_;
  std::string url_;
  std::string key_file_;
  std::unique_ptr<System> here_;
  std::unique_ptr<System> there_;
};

TEST_F(SharedStoreTest, ADeviceThatIsApprovedHereTalksThere) {
  ASSERT_EQ(
      api(*here_, "POST", "/devices/allow", std::string(R"({"device":")") + kSharedMac + R"("})").status,
      200);
  EXPECT_TRUE(within(
      seconds(2), [&] { return api(*there_, "GET", std::string("/devices/") + kSharedMac).status == 200; }));
  const SimResult talked = talk(*there_, {"--mac", kSharedMac, "--text", "what time is it"});
  EXPECT_EQ(talked.exit_code, 0) << talked.told;
}

TEST_F(SharedStoreTest, AnAgentThatIsChangedHereGoesToTheWorkersThere) {
  ASSERT_EQ(api(*here_, "POST", "/agents", R"({"name":"cook","config":{"prompt":"You cook."}})").status / 100,
            2);
  EXPECT_TRUE(within(seconds(2), [&] { return there_->log().find("agents=1") != std::string::npos; }))
      << there_->log();
}

TEST_F(SharedStoreTest, AReceiptThatIsWrittenHereIsSeenThere) {
  ASSERT_EQ(
      api(*here_, "POST", "/devices/allow", std::string(R"({"device":")") + kSharedMac + R"("})").status,
      200);
  const std::string order =
      std::string(R"({"id":"shared-1","device":")") + kSharedMac + R"(","kind":"reboot"})";
  ASSERT_EQ(api(*here_, "POST", "/commands", order).status / 100, 2);
  const auto state = [&] {
    const auto answer = api(*there_, "GET", "/commands/shared-1");
    const auto parsed = json::parse_object(answer.body, 100'000);
    return parsed ? std::string(json::find_string(*parsed, "state").value_or("")) : std::string();
  };
  EXPECT_TRUE(within(seconds(2), [&] { return state() == "queued"; })) << state();
  ASSERT_EQ(api(*here_, "POST", "/commands/shared-1/cancel").status / 100, 2);
  EXPECT_TRUE(within(seconds(2), [&] { return state() == "cancelled"; })) << state();
}

TEST_F(SharedStoreTest, ConversationsGoOnWhileTheDatabaseIsAwayAndAreKeptAfterwards) {
  ASSERT_EQ(
      api(*here_, "POST", "/devices/allow", std::string(R"({"device":")") + kSharedMac + R"("})").status,
      200);
  ASSERT_EQ(talk(*here_, {"--mac", kSharedMac, "--text", "hello"}).exit_code, 0);
  server_->stop();
  const SimResult talked = talk(*here_, {"--mac", kSharedMac, "--text", "what time is it"});
  EXPECT_EQ(talked.exit_code, 0) << talked.told;
  EXPECT_EQ(api(*here_, "PATCH", std::string("/devices/") + kSharedMac, R"({"name":"x"})").status, 503);
  EXPECT_TRUE(within(seconds(10), [&] { return json::find_string(here_->health(), "store") == "away"; }));
  server_->start();
  EXPECT_TRUE(within(seconds(20), [&] { return json::find_string(here_->health(), "store") == "ok"; }));
  EXPECT_TRUE(within(seconds(10), [&] { return server_->sql(url_, "SELECT count(*) FROM turns") == "2"; }));
}

}  // namespace
}  // namespace earshot::e2e
