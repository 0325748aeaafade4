#include "bench/simulator/ota_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string answer(const std::string& mqtt_more = "", const std::string& more = "",
                   const std::string& endpoint = "192.0.2.1:1883") {
  return R"({"mqtt":{"endpoint":")" + endpoint +
         R"(","client_id":"a","username":"b","password":"c","publish_topic":"d","keepalive":60)" + mqtt_more +
         "}" + more + "}";
}

std::vector<std::string> broken_by(const std::string& body, int status = 200) {
  Violations broken;
  read_ota_answer(status, body, "2.4.2", broken);
  std::vector<std::string> names;
  for (const Violation& violation : broken) names.emplace_back(name(violation.rule));
  return names;
}

OtaAnswer read(const std::string& body) {
  Violations broken;
  OtaAnswer read = read_ota_answer(200, body, "2.4.2", broken);
  EXPECT_THAT(broken, IsEmpty());
  return read;
}

TEST(OtaRules, ReadsAGoodAnswer) {
  const OtaAnswer got = read(answer("", R"(,"server_time":{"timestamp":1763700000000,"timezone_offset":60},)"
                                        R"("firmware":{"version":"2.4.2","url":""})"));
  ASSERT_TRUE(got.mqtt);
  EXPECT_EQ(got.mqtt->host, "192.0.2.1");
  EXPECT_EQ(got.mqtt->port, 1883);
  EXPECT_EQ(got.mqtt->client_id, "a");
  EXPECT_EQ(got.mqtt->password.reveal(), "c");
  EXPECT_EQ(got.mqtt->publish_topic, "d");
  EXPECT_EQ(got.mqtt->keepalive_s, 60);
  EXPECT_TRUE(got.activated);
  EXPECT_FALSE(got.upgrade);
}

TEST(OtaRules, AnEndpointWithoutPortMeansTls) {
  EXPECT_EQ(read(answer("", "", "mqtt.example.org")).mqtt->port, 8883);
}

TEST(OtaRules, NamesTheFault) {
  EXPECT_THAT(broken_by(answer(), 201), ElementsAre("ota_not_200"));
  EXPECT_THAT(broken_by("<html>"), ElementsAre("ota_bad_json"));
  EXPECT_THAT(broken_by("[]"), ElementsAre("ota_bad_json"));
  EXPECT_THAT(broken_by(answer(R"(,"sixteen_letters_":"x")")), ElementsAre("ota_key_too_long"));
  EXPECT_THAT(broken_by(answer(R"(,"sixteen_letters_":1)")), ElementsAre("ota_key_too_long"));
  EXPECT_THAT(broken_by(answer(R"(,"x":")" + std::string(4001, 'x') + R"(")")),
              ElementsAre("ota_string_too_long"));
  EXPECT_THAT(broken_by(answer(R"(,"x":2147483648)")), ElementsAre("ota_number_not_int32"));
  EXPECT_THAT(broken_by(answer(R"(,"x":1.5)")), ElementsAre("ota_number_not_int32"));
  EXPECT_THAT(broken_by(R"({"websocket":{"a_very_long_member":"x"}})"), ElementsAre("ota_key_too_long"));
  EXPECT_THAT(broken_by(R"({"mqtt":{"endpoint":"h:1","client_id":"a"}})"), ElementsAre("ota_field_missing"));
  EXPECT_THAT(broken_by(R"({"mqtt":{"endpoint":"h:1","publish_topic":"a"}})"),
              ElementsAre("ota_field_missing"));
}

TEST(OtaRules, ToleratesWhatTheDeviceDoesNotStore) {
  EXPECT_THAT(
      broken_by(answer(
          R"(,"a_member_with_a_long_name":true,"another_member_with_one":{},"subscribe_topic":"null")")),
      IsEmpty());
}

TEST(OtaRules, NamesAnEndpointThatCrashesTheDevice) {
  for (const char* endpoint :
       {"mqtt://192.0.2.1:1883", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:0", "192.0.2.1:65536", ":1883", ""})
    EXPECT_THAT(broken_by(answer("", "", endpoint)), ElementsAre("ota_endpoint")) << endpoint;
}

TEST(OtaRules, NamesAVersionThatCrashesTheDevice) {
  for (const char* version : {"v2.0", "latest", "1..2", "1.x", "99999999999"}) {
    EXPECT_THAT(
        broken_by(answer("", std::string(R"(,"firmware":{"version":")") + version + R"(","url":""})")),
        ElementsAre("ota_firmware_version"))
        << version;
  }
  for (const char* version : {"", "2.4.2", "2.4.2-beta", "1.0"})
    EXPECT_FALSE(
        read(answer("", std::string(R"(,"firmware":{"version":")") + version + R"(","url":""})")).upgrade);
}

TEST(OtaRules, SeesAnUpgrade) {
  const auto upgrade = [](const std::string& firmware) {
    return read(answer("", R"(,"firmware":)" + firmware)).upgrade;
  };
  EXPECT_TRUE(upgrade(R"({"version":"2.4.3","url":"http://x/y"})"));
  EXPECT_TRUE(upgrade(R"({"version":"2.4.2.1","url":"http://x/y"})"));
  EXPECT_TRUE(upgrade(R"({"version":"1.0","url":"http://x/y","force":1})"));
  EXPECT_FALSE(upgrade(R"({"version":"2.4.10"})"));
  EXPECT_FALSE(upgrade(R"({"version":"2.4.1","url":"http://x/y"})"));
}

TEST(OtaRules, NamesATimeThatIsNotUtcMilliseconds) {
  EXPECT_THAT(broken_by(answer("", R"(,"server_time":{"timestamp":1763700000})")),
              ElementsAre("ota_server_time"));
  EXPECT_THAT(broken_by(answer("", R"(,"server_time":{"timestamp":"1763700000000"})")),
              ElementsAre("ota_server_time"));
  EXPECT_THAT(broken_by(answer("", R"(,"server_time":{"timestamp":1763700000000,"timezone_offset":3600})")),
              ElementsAre("ota_server_time"));
}

TEST(OtaRules, ADeviceWithACodeOrChallengeIsNotActivated) {
  EXPECT_FALSE(read(answer("", R"(,"activation":{"code":"123456","message":"x"})")).activated);
  EXPECT_EQ(read(answer("", R"(,"activation":{"code":"123456"})")).activation_code, "123456");
  EXPECT_FALSE(read(answer("", R"(,"activation":{"challenge":"x"})")).activated);
  EXPECT_TRUE(read(answer("", R"(,"activation":{})")).activated);
}

TEST(OtaRules, ACodeIsMadeOfDigits) {
  EXPECT_THAT(broken_by(R"({"activation":{"code":"123456","challenge":"c"}})"), IsEmpty());
  EXPECT_THAT(broken_by(R"({"activation":{"challenge":"c"}})"), IsEmpty());
  EXPECT_THAT(broken_by(R"({"activation":{"code":"A23456","challenge":"c"}})"),
              ElementsAre("ota_code_not_digits"));
}

TEST(OtaRules, ForcingTheVersionThatRunsIsABootLoop) {
  EXPECT_THAT(broken_by(R"({"firmware":{"version":"2.4.2","url":"http://x/y","force":1}})"),
              ElementsAre("ota_firmware_loop"));
}

}  // namespace
}  // namespace earshot::simulator
