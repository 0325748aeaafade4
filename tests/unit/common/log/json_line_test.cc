#include "common/log/json_line.h"

#include <gtest/gtest.h>

#include <string>

#include "common/json/json.h"

namespace earshot::log {
namespace {

std::string line_of(std::string_view message) {
  return text_of({.time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'764'520'800'123)),
                  .level = "info",
                  .program = "gateway",
                  .module = "session",
                  .message = message});
}

TEST(JsonLine, IsOneObjectWithTheFieldsOfTheTextForm) {
  EXPECT_EQ(line_of("session opened session=s1"),
            R"({"time":"2025-11-30T16:40:00.123Z","level":"info","program":"gateway","module":"session",)"
            R"("message":"session opened session=s1"})"
            "\n");
}

TEST(JsonLine, WhatADeviceCallsItselfCannotBreakIt) {
  const std::string hostile("name=\"}\n{\\\x01\x7F", 13);
  const std::string line = line_of(hostile);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(json::parse_value(line, 4096).value().at("message").as_string(), hostile);
}

TEST(JsonLine, WhatIsNotUtf8IsReplaced) {
  for (const std::string& wrong : {std::string("\xFF"), std::string("\xC0\xAF"), std::string("\xED\xA0\x80"),
                                   std::string("\xF4\x90\x80\x80"), std::string("\xE2\x82")}) {
    const std::string message(
        json::parse_value(line_of("a" + wrong + "b"), 4096).value().at("message").as_string());
    EXPECT_EQ(message.front(), 'a');
    EXPECT_EQ(message.back(), 'b');
    EXPECT_NE(message.find("\xEF\xBF\xBD"), std::string::npos);
  }
  EXPECT_NE(line_of("厨房 \xF0\x9F\x94\x8A").find("厨房 \xF0\x9F\x94\x8A"), std::string::npos);
}

}  // namespace
}  // namespace earshot::log
