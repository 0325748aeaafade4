#include "worker/tools/builtin_tools.h"

#include <gtest/gtest.h>

#include <set>

namespace earshot::worker {
namespace {

std::tm at(int year, int month, int day, int hour, int minute) {
  std::tm time{};
  time.tm_year = year - 1900;
  time.tm_mon = month - 1;
  time.tm_mday = day;
  time.tm_hour = hour;
  time.tm_min = minute;
  return time;
}

TEST(BuiltinTools, TellTimeAndDateOfTheGivenMoment) {
  const BuiltinTools tools;
  const BuiltinToolInput input{.arguments = {}, .local_time = at(2026, 11, 1, 4, 7)};
  EXPECT_EQ(*tools.find("clock.time")->run(input).text, "04:07");
  EXPECT_EQ(*tools.find("clock.date")->run(input).text, "2026-11-01");
}

TEST(BuiltinTools, TellTheLunarDateOfTodayOrOfAnotherDay) {
  const BuiltinTools tools;
  const BuiltinTool* const tool = tools.find("clock.lunar_date");
  const auto text = [&](const std::string& arguments) {
    return tool->run({.arguments = *json::parse_object(arguments, 100), .local_time = at(2025, 8, 16, 4, 7)})
        .text;
  };
  EXPECT_EQ(*text("{}"), "乙巳年闰六月廿三, month 6 (leap), day 23, year of the Snake 蛇");
  EXPECT_EQ(*text(R"({"date":"2024-02-10"})"), "甲辰年正月初一, month 1, day 1, year of the Dragon 龙");
  for (const char* bad : {R"({"date":"tomorrow"})", R"({"date":"2024-02-31"})", R"({"date":"1850-01-01"})"})
    EXPECT_FALSE(text(bad).ok()) << bad;
}

TEST(BuiltinTools, OnlyTheEndToolEndsTheSession) {
  const BuiltinTools tools;
  for (const ToolSpec& spec : tools.specs()) {
    EXPECT_EQ(tools.find(spec.name)->run({.arguments = {}, .local_time = at(2026, 11, 1, 4, 7)}).end_session,
              spec.name == "session.end")
        << spec.name;
  }
}

TEST(BuiltinTools, EachHasANameOfItsOwnADescriptionAndASchema) {
  const BuiltinTools tools;
  std::set<std::string> names;
  for (const ToolSpec& spec : tools.specs()) {
    EXPECT_TRUE(names.insert(spec.name).second);
    EXPECT_FALSE(spec.description.empty());
    EXPECT_TRUE(json::parse_object(spec.input_schema, 4096).ok());
  }
  EXPECT_EQ(tools.find("self.reboot"), nullptr);
}

}  // namespace
}  // namespace earshot::worker
