#include "gateway/doors/ota/ota_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/auth/device_credentials.h"
#include "common/auth/device_language.h"
#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::gateway {
namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::milliseconds(1'790'000'000'123)};

OtaConfig config() {
  return {.mqtt_host = "192.0.2.1",
          .mqtt_port = 1883,
          .timezone_offset = std::chrono::minutes(480),
          .device_key = Secret("Sample-Key-For-Docs")};
}

http::Request request(
    std::string body = R"({"application":{"version":"2.4.2"},"board":{"type":"bread-compact-wifi"}})") {
  http::Request made;
  made.method = "POST";
  made.path = "/xiaozhi/ota/";
  made.headers.add("device-id", "11:22:33:44:55:66");
  made.headers.add("client-id", "36c98363-3656-43cb-a00f-8bced2391a90");
  made.headers.add("user-agent", "bread-compact-wifi/2.4.2");
  made.headers.add("accept-language", "zh-CN");
  made.body = std::move(body);
  return made;
}

json::object answer(const http::Request& from) {
  auto made = answer_ota(from, config(), kNow);
  EXPECT_TRUE(made.ok());
  return json::parse_object(made->body, 10000).value();
}

TEST(OtaAnswerTest, GivesCredentialsThatTheBrokerAccepts) {
  const auto root = answer(request());
  const auto& mqtt = *json::find_object(root, "mqtt");
  EXPECT_EQ(json::find_string(mqtt, "endpoint"), "192.0.2.1:1883");
  EXPECT_EQ(json::find_string(mqtt, "publish_topic"), "device-server");
  EXPECT_EQ(auth::verify(config().device_key, *json::find_string(mqtt, "client_id"),
                         *json::find_string(mqtt, "username"), *json::find_string(mqtt, "password")),
            auth::LoginVerdict::kGood);
}

TEST(OtaAnswerTest, KeepsWithinWhatTheDeviceCanStore) {
  const auto root = answer(request());
  for (const auto& [key, value] : *json::find_object(root, "mqtt")) {
    EXPECT_LE(key.size(), 15U) << key;  // device-protocol 1.4: a longer name is a boot loop
    EXPECT_TRUE(value.is_string() || value.is_int64()) << key;
    EXPECT_LT(json::serialize(value).size(), 4000U) << key;
  }
  EXPECT_FALSE(root.contains("websocket"));
  EXPECT_FALSE(root.contains("activation"));
}

TEST(OtaAnswerTest, TellsTheTimeInUtcWithTheOffsetBeside) {
  const auto root = answer(request());
  const auto& time = *json::find_object(root, "server_time");
  EXPECT_EQ(json::find_int(time, "timestamp"), 1'790'000'000'123);
  EXPECT_EQ(json::find_int(time, "timezone_offset"), 480);
}

TEST(OtaAnswerTest, OffersTheDevicesOwnFirmwareWithoutUrl) {
  const auto root = answer(request());
  const auto& firmware = *json::find_object(root, "firmware");
  EXPECT_EQ(json::find_string(firmware, "version"), "2.4.2");
  EXPECT_EQ(json::find_string(firmware, "url"), "");
}

TEST(OtaAnswerTest, AVersionThatWouldCrashTheDeviceIsLeftEmpty) {
  EXPECT_EQ(safe_version("2.4.2"), "2.4.2");
  EXPECT_EQ(safe_version("2"), "2");
  for (const char* bad : {"", "v2.0", "latest", "1..2", "1.2.", ".1", "1.2-rc1", "99999999999.0", "1.2\n"}) {
    EXPECT_EQ(safe_version(bad), "") << bad;
  }
}

TEST(OtaAnswerTest, ABodyThatIsNoJsonFallsBackToTheHeaders) {
  for (const char* body : {"", "{\"board\":{\"ssid\":\"a\"quote\"}}", "[]", "null", "\xff\xfe"}) {
    const auto root = answer(request(body));
    EXPECT_EQ(json::find_string(*json::find_object(root, "firmware"), "version"), "2.4.2") << body;
    EXPECT_TRUE(json::find_object(root, "mqtt")->contains("password"));
  }
}

TEST(OtaAnswerTest, WrongTypesInTheBodyAreAsGoodAsAbsent) {
  const auto root = answer(request(R"({"application":7,"board":{"type":["x"]},"mac_address":null})"));
  EXPECT_EQ(json::find_string(*json::find_object(root, "firmware"), "version"), "2.4.2");
}

TEST(OtaAnswerTest, WithoutAMacThereIsNoAnswer) {
  http::Request nobody = request();
  nobody.headers = {};
  EXPECT_EQ(answer_ota(nobody, config(), kNow).error().code, ErrorCode::kInvalid);
  nobody.body = R"({"mac_address":"11:22:33:44:55:66"})";
  EXPECT_TRUE(answer_ota(nobody, config(), kNow).ok());
  nobody.headers.add("Device-Id", "11:22:33:44:55:6'");
  EXPECT_FALSE(answer_ota(nobody, config(), kNow).ok());
}

TEST(OtaAnswerTest, TheClientIdCarriesTheLanguage) {
  const auto root = answer(request());
  const auto& mqtt = *json::find_object(root, "mqtt");
  const auto id = auth::parse_client_id(*json::find_string(mqtt, "client_id"));
  ASSERT_TRUE(id);
  EXPECT_EQ(id->device.text(), "11:22:33:44:55:66");
  EXPECT_EQ(auth::language_of(*id), "zh-CN");
}

TEST(OtaAnswerTest, HostileHeadersMakeASafeClientId) {
  http::Request hostile;
  hostile.headers.add("Device-Id", "11:22:33:44:55:66");
  hostile.headers.add("Client-Id", "../+/#@@@\r\n");
  hostile.headers.add("User-Agent", std::string(5000, '#') + "/@@@");
  hostile.headers.add("Accept-Language", "x/+#");
  const auto root = answer(hostile);
  const auto& mqtt = *json::find_object(root, "mqtt");
  const auto id = auth::parse_client_id(*json::find_string(mqtt, "client_id"));
  ASSERT_TRUE(id);
  EXPECT_EQ(auth::language_of(*id), "");
}

TEST(DeviceLanguageTest, OnlyPlainTagsAreCarried) {
  EXPECT_EQ(auth::board_with_language("b", "en-US"), "b.en-US");
  EXPECT_EQ(auth::board_with_language("b", "zh-CN,zh;q=0.9"), "b.zh-CN");
  for (const char* bad : {"", "*", "a b/", "a.b", "12345678901234567"}) {
    EXPECT_THAT(auth::board_with_language("b", bad), testing::AnyOf("b", "b.a")) << bad;
  }
  auth::ClientId foreign;
  foreign.group = "GID_test";
  EXPECT_EQ(auth::language_of(foreign), "");
}

}  // namespace
}  // namespace earshot::gateway
