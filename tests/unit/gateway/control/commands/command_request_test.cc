#include "gateway/control/commands/command_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::commands {
namespace {

using ::testing::HasSubstr;

const DeviceId kAddressee = *DeviceId::parse("02:00:00:00:00:01");

CommandRequest good(const std::string& text, std::optional<DeviceId> target = kAddressee) {
  auto request = parse_command_request(text, target);
  EXPECT_TRUE(request.ok()) << text << ": " << (request.ok() ? "" : request.error().message);
  return request.ok() ? *request : CommandRequest{};
}
std::string problem(const std::string& text, std::optional<DeviceId> target = kAddressee) {
  const auto request = parse_command_request(text, target);
  EXPECT_FALSE(request.ok()) << text;
  return request.ok() ? "" : request.error().message;
}

TEST(CommandRequest, AToolMayBeNamedWithoutItsKind) {
  const auto request = good(R"({"id":"a.1","tool":"self.volume","arguments":{"volume":3},"timeout_ms":500})");
  EXPECT_EQ(request.kind, CommandKind::kTool);
  EXPECT_EQ(request.id, "a.1");
  EXPECT_EQ(json::serialize(request.arguments), R"({"tool":"self.volume","arguments":{"volume":3}})");
  EXPECT_EQ(request.timeout, Milliseconds(500));
  EXPECT_EQ(request.ttl, Milliseconds(60'000));
  EXPECT_FALSE(request.user_tools);
}

TEST(CommandRequest, EachKindReadsWhatItNeeds) {
  const auto arguments = [](const std::string& text) { return json::serialize(good(text).arguments); };
  EXPECT_EQ(good(R"({"kind":"tools"})").kind, CommandKind::kTools);
  EXPECT_EQ(good(R"({"kind":"reboot"})").timeout, Milliseconds(60'000));
  EXPECT_EQ(arguments(R"({"kind":"upgrade","url":"https://h/f.bin"})"), R"({"url":"https://h/f.bin"})");
  EXPECT_EQ(arguments(R"({"kind":"upgrade","image":"00ff"})"), R"({"image":"00ff"})");
  EXPECT_EQ(arguments(R"({"kind":"alert","message":"m"})"),
            R"({"status":"Info","message":"m","emotion":"neutral"})");
  EXPECT_EQ(arguments(R"({"kind":"say","text":"t"})"), R"({"text":"t"})");
  EXPECT_EQ(arguments(R"({"kind":"message","payload":{"a":[1]}})"), R"({"payload":{"a":[1]}})");
}

TEST(CommandRequest, NamesItsDevicesOnce) {
  EXPECT_EQ(good(R"({"kind":"tools","device":"02_00_00_00_00_01"})", std::nullopt).devices.size(), 1U);
  EXPECT_EQ(
      good(R"({"kind":"tools","devices":["02:00:00:00:00:01","02:00:00:00:00:01","02:00:00:00:00:02"]})",
           std::nullopt)
          .devices.size(),
      2U);
  EXPECT_EQ(good(R"({"kind":"tools","tag":"lobby"})", std::nullopt).tag, "lobby");
  EXPECT_THAT(problem(R"({"kind":"tools"})", std::nullopt), HasSubstr("for whom"));
  EXPECT_THAT(problem(R"({"kind":"tools","tag":"a","device":"02:00:00:00:00:01"})", std::nullopt),
              HasSubstr("for whom"));
  EXPECT_THAT(problem(R"({"kind":"tools","devices":["x"]})", std::nullopt), HasSubstr("no device id"));
  EXPECT_THAT(problem(R"({"kind":"tools","devices":[]})", std::nullopt), HasSubstr("1 to 1000"));
  EXPECT_THAT(problem(R"({"kind":"tools","device":"02:00:00:00:00:01"})"), HasSubstr("named already"));
}

TEST(CommandRequest, SaysWhatIsWrong) {
  const std::string long_text(1100, 'x');
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"", "not JSON"},
           {"[]", "not an object"},
           {"{}", "'kind' must be"},
           {R"({"kind":"fly"})", "'kind' must be"},
           {R"({"kind":1})", "'kind' must be"},
           {R"({"kind":"tool"})", "'tool' is missing"},
           {R"({"tool":""})", "'tool' is missing"},
           {R"({"tool":7})", "must be"},
           {R"({"tool":"a","arguments":[]})", "'arguments' must be an object"},
           {R"({"tool":"a","arguments":{"x":")" + std::string(9000, 'x') + R"("}})", "larger than 8192"},
           {R"({"tool":"a","timeout":5})", "no command has a member 'timeout'"},
           {R"({"tool":"a","timeout_ms":99})", "from 100 to 300000"},
           {R"({"tool":"a","timeout_ms":1000.5})", "from 100 to 300000"},
           {R"({"tool":"a","ttl_ms":604800001})", "from 0 to 604800000"},
           {R"({"tool":"a","id":""})", "'id' must be"},
           {R"({"tool":"a","id":"a/b"})", "'id' must be"},
           {R"({"tool":"a","allow_user_tools":1})", "must be true or false"},
           {R"({"kind":"upgrade"})", "one of 'image' and 'url'"},
           {R"({"kind":"upgrade","url":"a","image":"b"})", "one of 'image' and 'url'"},
           {R"({"kind":"upgrade","url":"ftp://h/f"})", "http or https"},
           {R"({"kind":"upgrade","url":"http://h/a b"})", "http or https"},
           {R"({"kind":"alert"})", "'message' is missing"},
           {R"({"kind":"say","text":")" + long_text + R"("})", "longer than 1024"},
           {R"({"kind":"message"})", "'payload' is missing"},
           {R"({"kind":"message","payload":"x"})", "'payload' must be an object"},
       }) {
    EXPECT_THAT(problem(text), HasSubstr(words)) << text;
  }
  EXPECT_EQ(parse_command_request(std::string(kMaxRequestBytes + 1, ' '), kAddressee).error().code,
            ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::commands
