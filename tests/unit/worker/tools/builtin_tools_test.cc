#include "worker/tools/builtin_tools.h"

#include <gtest/gtest.h>

#include <set>

#include "worker/tools/notebook.h"

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
  Notebook notebook(1);
  for (const ToolSpec& spec : tools.specs(true)) {
    EXPECT_EQ(tools.find(spec.name)
                  ->run({.arguments = {}, .local_time = at(2026, 11, 1, 4, 7), .notebook = &notebook})
                  .end_session,
              spec.name == "session.end")
        << spec.name;
  }
}

TEST(BuiltinTools, EachHasANameOfItsOwnADescriptionAndASchema) {
  const BuiltinTools tools;
  std::set<std::string> names;
  for (const ToolSpec& spec : tools.specs(true)) {
    EXPECT_TRUE(names.insert(spec.name).second);
    EXPECT_FALSE(spec.description.empty());
    EXPECT_TRUE(json::parse_object(spec.input_schema, 4096).ok());
  }
  EXPECT_EQ(tools.find("self.reboot"), nullptr);
}

TEST(BuiltinTools, ThoseOfTheNotebookAreThereOnlyWhereOneIsKept) {
  const BuiltinTools tools;
  EXPECT_EQ(tools.specs(true).size(), tools.specs(false).size() + 5);
  for (const ToolSpec& spec : tools.specs(false)) EXPECT_FALSE(tools.find(spec.name)->needs_notebook());
}

TEST(BuiltinTools, TellTheTimeOfAnotherPlace) {
  const BuiltinTools tools;
  const auto time = [&](const std::string& zone) {
    return tools.find("clock.time")
        ->run({.arguments = json::object{{"zone", zone}},
               .local_time = at(2026, 1, 1, 0, 0),
               .wall_time = std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} + std::chrono::hours(12)})
        .text;
  };
  EXPECT_EQ(*time("Asia/Tokyo"), "21:00");
  EXPECT_EQ(*time("Europe/Berlin"), "14:00");
  EXPECT_EQ(*time("Asia/Kolkata"), "17:30");
  EXPECT_EQ(*time(""), "00:00");
  for (const char* bad :
       {"Nowhere/Atlantis", "../../etc/passwd", "/etc/passwd", "Asia//Tokyo", "Asia/", "Asia"})
    EXPECT_FALSE(time(bad).ok()) << bad;
}

}  // namespace
}  // namespace earshot::worker
