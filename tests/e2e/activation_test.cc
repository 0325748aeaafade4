// How devices come in, with the real programs:
// codes, binding through the API, clones, rotation, unbinding, firmware.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>

#include "common/base/bytes.h"
#include "common/base/sha256.h"
#include "common/http/http_client.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kActivatedMac = "02:11:22:33:44:55";

class ActivationTest : public testing::Test {
 protected:
  http::Response api(const std::string& method, const std::string& path, const std::string& body = "{}",
                     const std::string& type = "application/json") {
    std::string token = read_file(system_.data() + "/data/secrets/admin.token");
    while (!token.empty() && token.back() == '\n') token.pop_back();
    http::Headers headers;
    headers.add("Authorization", "Bearer " + token);
    headers.add("Content-Type", type);
    const auto answer =
        http::request(method, "http://127.0.0.1:" + std::to_string(system_.http_port()) + "/api/v1" + path,
                      headers, body, std::chrono::seconds(10));
    EXPECT_TRUE(answer.ok()) << path;
    return answer.ok() ? *answer : http::Response{};
  }
  std::unique_ptr<SimRun> device(std::vector<std::string> more) {
    std::vector<std::string> arguments{"--mac", kActivatedMac, "--text", "what time is it"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<SimRun>(system_, arguments);
  }
  // The code that the device shows.
  static std::string code_of(SimRun& run) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until && run.process().running()) {
      const std::string told = run.process().output() + run.process().errors();
      if (const auto at = told.find("code  "); at != std::string::npos) {
        const auto digits = told.find_first_of("0123456789", at);
        if (digits != std::string::npos && digits + 6 <= told.size()) return told.substr(digits, 6);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return {};
  }
  void bind_device() {
    const auto run = device({});
    const std::string code = code_of(*run);
    ASSERT_EQ(code.size(), 6U);
    ASSERT_EQ(api("POST", "/devices/bind", R"({"code":")" + code + R"(","name":"Kitchen"})").status, 200);
    const SimResult result = run->finish();
    ASSERT_EQ(result.exit_code, 0) << result.told;
  }

  System system_{{.workers = 1, .gateway_settings = {"admission.mode=bind"}}};
};

TEST_F(ActivationTest, ABoundDeviceTalksAndACloneGetsACodeAndNoCredentials) {
  bind_device();
  const SimResult again = device({})->finish();
  EXPECT_EQ(again.exit_code, 0) << "bound is bound: " << again.told;

  const SimResult clone =
      device({"--client-id", "00000000-3656-43cb-a00f-8bced2391a90", "--activation-wait", "1"})->finish();
  EXPECT_EQ(clone.exit_code, 1);
  EXPECT_THAT(clone.told, HasSubstr("not activated; its code is"));
  for (const json::object& event : clone.events) {
    if (json::find_string(event, "event") != "ota") continue;
    EXPECT_EQ(json::find_bool(event, "mqtt"), false);
  }
}

TEST_F(ActivationTest, UnbindingThrowsARunningDeviceOut) {
  bind_device();
  const auto run = std::make_unique<SimRun>(
      system_, std::vector<std::string>{"--mac", kActivatedMac, "--text", "what time is it", "--turns", "500",
                                        "--timeout", "60"});
  const auto online = [&] {
    return api("GET", std::string("/devices/") + kActivatedMac).body.find("\"online\":true") !=
           std::string::npos;
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!online() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ASSERT_TRUE(online());
  EXPECT_EQ(api("POST", std::string("/devices/") + kActivatedMac + "/unbind").status, 200);
  while (system_.counter("client_kicked") == 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_GE(system_.counter("client_kicked"), 1U);
  while (online() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(online());
  EXPECT_NE(run->finish().exit_code, 0);
}

TEST_F(ActivationTest, RotatingAtOnceShutsTheOldCredentialsOutUntilTheNextBoot) {
  bind_device();
  const auto old = device({"--stay", "120"});
  ASSERT_TRUE(old->wait_for_event(R"("event":"stays")")) << old->finish(std::chrono::seconds(1)).told;
  const auto online = [&] {
    return api("GET", std::string("/devices/") + kActivatedMac).body.find("\"online\":true") !=
           std::string::npos;
  };
  ASSERT_TRUE(online());
  ASSERT_EQ(api("POST", std::string("/devices/") + kActivatedMac + "/rotate", R"({"now":true})").status, 200);
  // Thrown out, and again when it comes back with what it has, as the firmware does after 10 s.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (system_.counter("client_old_credentials") < 2 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_GE(system_.counter("client_old_credentials"), 2U);
  EXPECT_GE(system_.counter("client_kicked"), 2U);
  while (online() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(online());
  old->process().signal(SIGTERM);
  old->finish();

  const SimResult again = device({})->finish();
  EXPECT_EQ(again.exit_code, 0) << "the OTA answer has brought new ones: " << again.told;
}

TEST_F(ActivationTest, FirmwareIsUploadedRolledOutAndInstalled) {
  bind_device();
  const std::string image = "\xe9" + std::string(200'000, 'x');
  const std::string digest = to_hex(sha256(as_bytes(image)));
  const auto begun = api(
      "POST", "/firmware/uploads",
      json::serialize(json::object{
          {"board", "earshot-sim"}, {"version", "9.0.0"}, {"size_bytes", image.size()}, {"sha256", digest}}));
  ASSERT_EQ(begun.status, 201) << begun.body;
  const json::object upload = *json::parse_object(begun.body, 10'000);
  const auto done =
      api("PUT", "/firmware/uploads/" + std::string(*json::find_string(upload, "upload")) + "?offset=0",
          image, "application/octet-stream");
  ASSERT_EQ(done.status, 200) << done.body;
  const json::object answer = *json::parse_object(done.body, 10'000);
  const std::string id(*json::find_string(*json::find_object(answer, "image"), "id"));
  ASSERT_EQ(api("PATCH", "/firmware/" + id, R"({"enabled":true,"percentage":100})").status, 200);
  const SimResult updated = device({"--install-firmware"})->finish();
  EXPECT_EQ(updated.exit_code, 0) << updated.told;
  EXPECT_THAT(updated.told, HasSubstr(digest));
  EXPECT_THAT(system_.log(), HasSubstr("firmware installed device=02:11:22:33:44:55"));
}

}  // namespace
}  // namespace earshot::e2e
