#include "gateway/doors/ota/ota_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/auth/credential_generation.h"
#include "common/auth/device_credentials.h"
#include "common/auth/device_language.h"
#include "common/auth/websocket_token.h"
#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/doors/ota/activation_message.h"
#include "gateway/doors/ota/ota_request.h"

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

const OtaDecision kAdmitted{.admitted = true, .code = {}, .challenge = {}, .firmware = {}};

json::object answer(const http::Request& from, const OtaDecision& decision = kAdmitted,
                    const OtaConfig& with = config()) {
  const auto report = read_ota_request(from);
  EXPECT_TRUE(report.ok());
  return json::parse_object(compose_ota_answer(*report, decision, with, kNow), 10000).value();
}

TEST(OtaAnswerTest, GivesCredentialsThatTheBrokerAccepts) {
  const auto root = answer(request());
  const auto& mqtt = *json::find_object(root, "mqtt");
  EXPECT_EQ(json::find_string(mqtt, "endpoint"), "192.0.2.1:1883");
  const std::string client_id(*json::find_string(mqtt, "client_id"));
  EXPECT_EQ(json::find_string(mqtt, "publish_topic"), "devices/" + client_id + "/up") << "the broker's own";
  EXPECT_EQ(auth::verify(config().device_key, *json::find_string(mqtt, "client_id"),
                         *json::find_string(mqtt, "username"), *json::find_string(mqtt, "password")),
            auth::LoginVerdict::kGood);
}

TEST(OtaAnswerTest, ThePortThatOldFirmwareTakesForGrantedIsLeftOff) {
  OtaConfig with = config();
  with.mqtt_port = 8883;
  const auto root = answer(request(), kAdmitted, with);
  EXPECT_EQ(json::find_string(*json::find_object(root, "mqtt"), "endpoint"), "192.0.2.1");
}

TEST(OtaAnswerTest, TheClientIdIsTheSameWhateverBoardIsNamed) {
  const auto from_board = [](std::string agent) {
    http::Request made;
    made.headers.add("device-id", "11:22:33:44:55:66");
    made.headers.add("client-id", "36c98363-3656-43cb-a00f-8bced2391a90");
    made.headers.add("user-agent", std::move(agent));
    return made;
  };
  const auto first = answer(from_board("bread-compact-wifi/2.4.2"));
  const auto second = answer(from_board("another-board/2.4.2"));
  EXPECT_EQ(json::find_string(*json::find_object(first, "mqtt"), "client_id"),
            json::find_string(*json::find_object(second, "mqtt"), "client_id"));
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

TEST(OtaRequestTest, WithoutAMacThereIsNoAnswer) {
  http::Request nobody = request();
  nobody.headers = {};
  EXPECT_EQ(read_ota_request(nobody).error().code, ErrorCode::kInvalid);
  nobody.body = R"({"mac_address":"11:22:33:44:55:66"})";
  EXPECT_TRUE(read_ota_request(nobody).ok());
  nobody.headers.add("Device-Id", "11:22:33:44:55:6'");
  EXPECT_TRUE(read_ota_request(nobody).ok()) << "the body's counts";
  nobody.body.clear();
  EXPECT_FALSE(read_ota_request(nobody).ok());
}

TEST(OtaRequestTest, ReadsASerialNumberOrNone) {
  http::Request with = request();
  with.headers.add("Serial-Number", "0123456789ABCDEF0123456789ABCDEF");
  EXPECT_EQ(read_ota_request(with)->serial, "0123456789ABCDEF0123456789ABCDEF");
  for (const char* bad : {"a b", "a'--", "a\"b", "\xff"}) {
    http::Request hostile = request();
    hostile.headers.add("Serial-Number", bad);
    EXPECT_EQ(read_ota_request(hostile)->serial, "") << bad;
  }
  http::Request long_one = request();
  long_one.headers.add("Serial-Number", std::string(65, 'a'));
  EXPECT_EQ(read_ota_request(long_one)->serial, "");
}

TEST(OtaRequestTest, AUuidOfNoUuidFormIsReplacedByTheMac) {
  http::Request odd = request();
  odd.headers = {};
  odd.headers.add("Device-Id", "11:22:33:44:55:66");
  odd.headers.add("Client-Id", "'; DROP TABLE devices;--");
  EXPECT_EQ(read_ota_request(odd)->uuid, "11_22_33_44_55_66");
}

TEST(ActivateBodyTest, BothFormsAreRead) {
  for (const char* body :
       {R"({"algorithm":"hmac-sha256","serial_number":"SN1","challenge":"c","hmac":"00ff"})",
        R"({"Payload":{"algorithm":"hmac-sha256","serial_number":"SN1","challenge":"c","hmac":"00ff"}})"}) {
    const auto read = read_activate_body(body);
    EXPECT_EQ(read.serial, "SN1");
    EXPECT_EQ(read.challenge, "c");
    EXPECT_EQ(read.hmac, "00ff");
    EXPECT_TRUE(read.has_proof());
  }
}

TEST(ActivateBodyTest, AnythingElseIsNoProof) {
  const std::string huge = R"({"challenge":")" + std::string(9000, 'c') + R"("})";
  for (const std::string& body :
       {std::string("{}"), std::string(), std::string("[]"), std::string("{\"hmac\":7}"), std::string("\xff"),
        std::string(R"({"Payload":[]})"), huge}) {
    EXPECT_FALSE(read_activate_body(body).has_proof()) << body.substr(0, 40);
  }
}

TEST(OtaAnswerTest, WhoMustShowACodeGetsNoCredentials) {
  const OtaDecision waiting{.code = "012345", .challenge = "c0ffee", .firmware = {}};
  OtaConfig with = config();
  with.console_url = "http://192.0.2.1:8003";
  with.websocket_url = "ws://192.0.2.1:9000/";
  const auto root = answer(request(), waiting, with);
  EXPECT_FALSE(root.contains("mqtt"));
  EXPECT_FALSE(root.contains("websocket"));
  const auto& activation = *json::find_object(root, "activation");
  EXPECT_EQ(json::find_string(activation, "code"), "012345");
  EXPECT_EQ(json::find_string(activation, "challenge"), "c0ffee") << "without one the firmware never polls";
  EXPECT_EQ(json::find_string(activation, "message"), "请输入验证码\nhttp://192.0.2.1:8003\n012345");
  EXPECT_TRUE(root.contains("server_time"));
}

TEST(OtaAnswerTest, EvenACodeBesideAnAdmissionGivesNoCredentials) {
  const OtaDecision confused{.admitted = true, .code = "012345", .challenge = {}, .firmware = {}};
  EXPECT_FALSE(answer(request(), confused).contains("mqtt"));
}

TEST(OtaAnswerTest, AProofAloneIsAskedForWithoutACode) {
  const OtaDecision proof{.code = {}, .challenge = "c0ffee", .firmware = {}};
  const auto root = answer(request(), proof);
  EXPECT_FALSE(root.contains("mqtt"));
  EXPECT_FALSE(json::find_object(root, "activation")->contains("code"));
}

TEST(OtaAnswerTest, WhoIsRefusedGetsTheTimeAndNothingElse) {
  const auto root = answer(request(), OtaDecision{.code = {}, .challenge = {}, .firmware = {}});
  EXPECT_FALSE(root.contains("mqtt"));
  EXPECT_FALSE(root.contains("activation"));
  EXPECT_TRUE(root.contains("server_time"));
}

TEST(OtaAnswerTest, ARotatedDeviceGetsTheNewGeneration) {
  const OtaDecision rotated{.admitted = true, .generation = 3, .code = {}, .challenge = {}, .firmware = {}};
  const auto root = answer(request(), rotated);
  const auto id = auth::parse_client_id(*json::find_string(*json::find_object(root, "mqtt"), "client_id"));
  EXPECT_EQ(auth::generation_of(*id), 3U);
  EXPECT_EQ(auth::language_of(*id), "zh-CN");
}

TEST(OtaAnswerTest, AWebSocketDeviceIsGivenThatSectionAlone) {
  OtaConfig with = config();
  with.websocket_url = "ws://192.0.2.1:9000/";
  const OtaDecision websocket{
      .admitted = true, .websocket = true, .code = {}, .challenge = {}, .firmware = {}};
  const auto root = answer(request(), websocket, with);
  EXPECT_FALSE(root.contains("mqtt")) << "both present: MQTT wins (trap 5)";
  EXPECT_EQ(json::find_string(*json::find_object(root, "websocket"), "url"), "ws://192.0.2.1:9000/");
}

TEST(OtaAnswerTest, OurOwnDoorComesWithATokenOfTheDevice) {
  OtaConfig with = config();
  with.websocket_url = "ws://192.0.2.1:8003/xiaozhi/v1/";
  with.websocket_version = 3;
  with.websocket_token_life = std::chrono::days(365);
  const OtaDecision websocket{
      .admitted = true, .generation = 2, .websocket = true, .code = {}, .challenge = {}, .firmware = {}};
  const auto root = answer(request(), websocket, with);
  const auto& section = *json::find_object(root, "websocket");
  EXPECT_EQ(json::find_int(section, "version"), 3);
  const auto client = auth::read_websocket_token(with.device_key, *json::find_string(section, "token"), {});
  ASSERT_TRUE(client);
  EXPECT_EQ(auth::generation_of(*client), 2U);
  for (const auto& [name, value] : section) EXPECT_LE(name.size(), 15U) << "trap 3";
}

TEST(OtaAnswerTest, OffersWhatIsSetUpUnlessTheDeviceIsSetToWebSocket) {
  const OtaDecision usual{.admitted = true, .code = {}, .challenge = {}, .firmware = {}};
  const OtaDecision websocket{
      .admitted = true, .websocket = true, .code = {}, .challenge = {}, .firmware = {}};
  const auto sections = [](const OtaDecision& decision, bool mqtt, bool ws) {
    OtaConfig with = config();
    with.websocket_url = "ws://192.0.2.1:8003/xiaozhi/v1/";
    with.offers_mqtt = mqtt;
    with.offers_websocket = ws;
    const auto root = answer(request(), decision, with);
    return std::pair(root.contains("mqtt"), root.contains("websocket"));
  };
  EXPECT_EQ(sections(usual, true, false), std::pair(true, false));
  EXPECT_EQ(sections(usual, false, true), std::pair(false, true));
  EXPECT_EQ(sections(usual, true, true), std::pair(true, true));
  EXPECT_EQ(sections(websocket, true, false), std::pair(false, true));
  EXPECT_EQ(sections(websocket, true, true), std::pair(false, true));
}

TEST(OtaAnswerTest, OffersAnImage) {
  const FirmwareOffer offer{.version = "2.5.0", .url = "http://192.0.2.1:8003/x.bin", .force = true};
  const OtaDecision update{.admitted = true, .code = {}, .challenge = {}, .firmware = offer};
  const auto root = answer(request(), update);
  const auto& firmware = *json::find_object(root, "firmware");
  EXPECT_EQ(json::find_string(firmware, "version"), "2.5.0");
  EXPECT_EQ(json::find_string(firmware, "url"), "http://192.0.2.1:8003/x.bin");
  EXPECT_EQ(json::find_int(firmware, "force"), 1);
}

TEST(ActivationMessageTest, IsInTheDevicesLanguageOrEnglish) {
  EXPECT_EQ(activation_message("zh-CN", "http://x", "123456"), "请输入验证码\nhttp://x\n123456");
  EXPECT_EQ(activation_message("zh-TW", "", "123456"), "請輸入驗證碼\n123456");
  EXPECT_EQ(activation_message("de-DE,de;q=0.9", "", "1"), "Bitte Code eingeben\n1");
  for (const char* other : {"", "en-US", "zhx", "xx", "d"}) {
    EXPECT_EQ(activation_message(other, "", "1"), "Enter this code\n1") << other;
  }
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
