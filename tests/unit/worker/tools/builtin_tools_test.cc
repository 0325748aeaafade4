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

TEST(BuiltinTools, OnlyTheEndToolEndsTheSession) {
  const BuiltinTools tools;
  for (const ToolSpec& spec : tools.specs()) {
    EXPECT_EQ(tools.find(spec.name)->run({}).end_session, spec.name == "session.end") << spec.name;
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
