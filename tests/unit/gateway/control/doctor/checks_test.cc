#include "gateway/control/doctor/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace earshot::gateway {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kLoopback = 0x7f000001;
constexpr std::uint32_t kLan = 0xc0a80105;  // 192.168.1.5

constexpr const char* kGoodOta =
    R"({"mqtt":{"endpoint":"192.168.1.5:1883","client_id":"c","username":"u","password":"p","keepalive":90,)"
    R"("publish_topic":"device-server"},"firmware":{"version":"2.4.2","url":""}})";

DoctorFacts healthy() {
  return {.announce = "192.168.1.5",
          .mqtt_listen = "192.168.1.5",
          .udp_listen = "192.168.1.5",
          .http_listen = "192.168.1.5",
          .mqtt_port = 1883,
          .announce_ip = kLan,
          .own_ips = {kLoopback, kLan},
          .udp_buffer_bytes = 8 << 20,
          .udp_buffer_wanted_bytes = 4 << 20,
          .broker_connected = true,
          .good_login = LoginOutcome::kAccepted,
          .wrong_login = LoginOutcome::kRefused,
          .file_limit = 1 << 20,
          .ota_status = 200,
          .ota_body = kGoodOta,
          .unix_seconds = 1'795'000'000,
          .clock_synchronised = true,
          .disk_free_bytes = std::uint64_t{50} << 30,
          .data_writable = true,
          .workers = 2,
          .capacity = 200};
}

Check check_of(const DoctorFacts& facts, const std::string& name) {
  for (const Check& check : examine(facts)) {
    if (check.name == name) return check;
  }
  return {.name = "none", .level = CheckLevel::kFail, .message = "no check is called " + name};
}

TEST(ChecksTest, AHealthyGatewayHasNothingToChange) {
  for (const Check& check : examine(healthy())) {
    EXPECT_EQ(check.level, CheckLevel::kOk) << check.name << ": " << check.message;
    EXPECT_EQ(check.advice, "") << check.name;
  }
}

struct Fault {
  const char* claim;
  std::function<void(DoctorFacts&)> make;
  const char* check;
  CheckLevel level;
  const char* advice;  // what is named to be changed
};

class FaultTest : public testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFoundAndNamesWhatToChange) {
  DoctorFacts facts = healthy();
  GetParam().make(facts);
  const Check check = check_of(facts, GetParam().check);
  EXPECT_EQ(check.level, GetParam().level) << GetParam().claim << ": " << check.message;
  EXPECT_THAT(check.advice, HasSubstr(GetParam().advice)) << GetParam().claim;
}

constexpr auto kFail = CheckLevel::kFail;
constexpr auto kWarn = CheckLevel::kWarn;

INSTANTIATE_TEST_SUITE_P(
    All, FaultTest,
    testing::Values(
        Fault{"loopback is announced while a network is served",
              [](DoctorFacts& f) { f.announce = "127.0.0.1", f.announce_ip = kLoopback; },
              "announced address", kFail, "announce_address"},
        Fault{"the announced name does not resolve", [](DoctorFacts& f) { f.announce_ip.reset(); },
              "announced address", kFail, "announce_address"},
        Fault{"the network is announced but UDP listens on loopback",
              [](DoctorFacts& f) { f.udp_listen = "127.0.0.1"; }, "announced address", kFail, "udp.listen"},
        Fault{"the announced address is another machine's",
              [](DoctorFacts& f) { f.announce_ip = 0xcb007101; }, "announced address", kWarn, "forward"},
        Fault{"a wildcard with two addresses",
              [](DoctorFacts& f) { f.udp_listen = "0.0.0.0", f.own_ips.push_back(0x0a000001); },
              "audio address", kWarn, "udp.listen"},
        Fault{"a small receive buffer", [](DoctorFacts& f) { f.udp_buffer_bytes = 212'992; }, "UDP buffer",
              kWarn, "net.core.rmem_max"},
        Fault{"no broker", [](DoctorFacts& f) { f.broker_connected = false; }, "broker", kFail, "mqtt.port"},
        Fault{"the broker refuses our credentials",
              [](DoctorFacts& f) { f.good_login = LoginOutcome::kRefused; }, "device log-in", kFail,
              "mqtt.plugin"},
        Fault{"the broker lets everybody in", [](DoctorFacts& f) { f.wrong_login = LoginOutcome::kAccepted; },
              "device log-in", kFail, "earshot_broker.so"},
        Fault{"an external broker without the plugin",
              [](DoctorFacts& f) { f.broker_is_ours = false, f.wrong_login = LoginOutcome::kAccepted; },
              "device log-in", kFail, "load earshot_broker.so"},
        Fault{"nobody at the devices' port", [](DoctorFacts& f) { f.good_login = LoginOutcome::kNoBroker; },
              "device log-in", kFail, "mqtt.listen"},
        Fault{"OTA is silent", [](DoctorFacts& f) { f.ota_status = 0; }, "OTA answer", kFail, "http.port"},
        Fault{"OTA answers another status", [](DoctorFacts& f) { f.ota_status = 500; }, "OTA answer", kFail,
              "log"},
        Fault{"the clock is at the epoch", [](DoctorFacts& f) { f.unix_seconds = 5; }, "clock", kFail,
              "timedatectl"},
        Fault{"the clock runs free", [](DoctorFacts& f) { f.clock_synchronised = false; }, "clock", kWarn,
              "timedatectl"},
        Fault{"few files", [](DoctorFacts& f) { f.file_limit = 1024; }, "file limit", kWarn, "LimitNOFILE"},
        Fault{"a full disk", [](DoctorFacts& f) { f.disk_free_bytes = 5 << 20; }, "disk", kFail, "data_dir"},
        Fault{"a low disk", [](DoctorFacts& f) { f.disk_free_bytes = 500 << 20; }, "disk", kWarn, "data_dir"},
        Fault{"a data folder of somebody else", [](DoctorFacts& f) { f.data_writable = false; }, "disk",
              kFail, "data_dir"},
        Fault{"the store cannot write", [](DoctorFacts& f) { f.store_problem = "readonly"; }, "store", kFail,
              "data_dir"},
        Fault{"no workers", [](DoctorFacts& f) { f.workers = 0; }, "workers", kFail, "workers.spawn"},
        Fault{"all workers drain", [](DoctorFacts& f) { f.draining = 2; }, "workers", kFail, "start others"},
        Fault{"workers are full", [](DoctorFacts& f) { f.sessions = 190; }, "workers", kWarn,
              "workers.spawn"},
        Fault{"a key is missing",
              [](DoctorFacts& f) {
                f.providers = {{.stage = "llm", .name = "deepseek", .key_variable = "DEEPSEEK_KEY"}};
              },
              "llm deepseek", kFail, "DEEPSEEK_KEY"},
        Fault{"a provider's host is down",
              [](DoctorFacts& f) {
                f.providers = {
                    {.stage = "asr", .name = "x", .host = "h", .port = "1", .reach = Reach::kNoConnection}};
              },
              "asr x", kFail, "workers.config"},
        Fault{"a provider's host has no address",
              [](DoctorFacts& f) {
                f.providers = {
                    {.stage = "asr", .name = "x", .host = "h", .port = "1", .reach = Reach::kNoName}};
              },
              "asr x", kFail, "DNS"},
        Fault{"a service fails the conversations",
              [](DoctorFacts& f) {
                f.troubles = {{.worker = "w1",
                               .stage = "llm",
                               .provider = "deepseek",
                               .why = "429",
                               .failed_seconds_ago = 3}};
              },
              "llm deepseek for w1", kWarn, "quota"},
        Fault{"a service is left alone",
              [](DoctorFacts& f) {
                f.troubles = {
                    {.worker = "w1", .stage = "tts", .provider = "edge", .left_alone = true, .why = "x"}};
              },
              "tts edge for w1", kFail, "workers.config"}));

TEST(ChecksTest, AServiceThatAnswersAgainIsWellAndItsLastFailureTold) {
  DoctorFacts facts = healthy();
  facts.troubles = {{.worker = "w1",
                     .stage = "llm",
                     .provider = "home",
                     .answers_again = true,
                     .why = "no answer in time",
                     .failed_seconds_ago = 61}};
  const Check check = check_of(facts, "llm home for w1");
  EXPECT_EQ(check.level, CheckLevel::kOk);
  EXPECT_EQ(check.message, "answers again; failed 61 s ago: no answer in time");
}

TEST(ChecksTest, LoopbackAloneIsWell) {
  DoctorFacts facts = healthy();
  facts.announce = facts.mqtt_listen = facts.udp_listen = facts.http_listen = "127.0.0.1";
  facts.announce_ip = kLoopback;
  EXPECT_EQ(check_of(facts, "announced address").level, CheckLevel::kOk);
}

TEST(OtaFaultTest, TheGoodAnswersAreThoseThatDevicesLiveWith) {
  EXPECT_EQ(ota_fault(kGoodOta), "");
  EXPECT_EQ(ota_fault(R"({"websocket":{"url":"ws://x","token":"t"}})"), "");
  EXPECT_EQ(ota_fault(R"({"activation":{"code":"123456","message":"m"}})"), "")
      << "a device that is not bound yet";
}

TEST(OtaFaultTest, EachTrapIsFound) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text = kGoodOta;
    text.replace(text.find(from), from.size(), to);
    return ota_fault(text);
  };
  EXPECT_THAT(with("192.168.1.5:1883", "mqtt://192.168.1.5"), HasSubstr("trap 2"));
  EXPECT_THAT(with("\"keepalive\"", "\"keep_alive_seconds\""), HasSubstr("trap 3"));
  EXPECT_THAT(with("2.4.2", "2.4.2-rc1"), HasSubstr("trap 3"));
  EXPECT_EQ(with("{\"mqtt\"", "{\"websocket\":{},\"mqtt\""), "") << "both are offered on purpose";
  EXPECT_THAT(with("{\"mqtt\"", "{\"websocket\":{\"a_long_member_name\":1},\"mqtt\""), HasSubstr("trap 3"));
  EXPECT_THAT(with("device-server", ""), HasSubstr("trap 6"));
  EXPECT_THAT(with("\"password\":\"p\"", "\"password\":\"\""), HasSubstr("password"));
  EXPECT_THAT(ota_fault("{}"), HasSubstr("nowhere"));
  EXPECT_THAT(ota_fault("<html>"), HasSubstr("JSON"));
}

}  // namespace
}  // namespace earshot::gateway
