// Reminders and lists: the notebook and the tools that read and write it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/tools/builtin_tools.h"
#include "worker/tools/notebook.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class NotebookTools : public testing::Test {
 protected:
  Result<std::string> run(const std::string& tool, const std::string& arguments) {
    std::tm time{};
    time.tm_hour = 14;
    time.tm_min = 30;
    return tools.find(tool)
        ->run({.arguments = *json::parse_object(arguments, 100'000),
               .local_time = time,
               .now = now,
               .notebook = &notebook})
        .text;
  }
  BuiltinTools tools;
  Notebook notebook{100};
  SteadyTime now{SteadyTime{} + 1h};
};

TEST_F(NotebookTools, SetListAndCancelReminders) {
  EXPECT_EQ(*run("reminder.set", R"({"in_seconds":600,"what":"10 minutes","say":"Done.","timer":true})"),
            R"({"in_seconds":600})");
  EXPECT_TRUE(run("reminder.set", R"({"in_seconds":60,"what":"call Mum","say":"Call mum."})").ok());
  EXPECT_EQ(
      *run("reminder.list", "{}"),
      R"([{"what":"call Mum","in_seconds":60,"timer":false},{"what":"10 minutes","in_seconds":600,"timer":true}])");
  now += 61s;  // the first is due: it has rung
  EXPECT_EQ(*run("reminder.list", "{}"), R"([{"what":"10 minutes","in_seconds":539,"timer":true}])");
  EXPECT_EQ(*run("reminder.cancel", R"({"what":"mum"})"), "[]");
  EXPECT_TRUE(notebook.take_changed());
  EXPECT_THAT(*run("reminder.cancel", R"({"timers_only":true})"), HasSubstr("10 minutes"));
  EXPECT_EQ(*run("reminder.list", "{}"), "[]");
  EXPECT_TRUE(notebook.take_changed());
  EXPECT_FALSE(notebook.take_changed());
}

TEST_F(NotebookTools, TellAlarmsFromTimersAndRemindersAndCancelThemAlone) {
  EXPECT_TRUE(run("reminder.set", R"({"in_seconds":600,"what":"10 minutes","timer":true})").ok());
  EXPECT_TRUE(run("reminder.set", R"({"at":"19:00","what":"at 7","alarm":true})").ok());
  EXPECT_EQ(notebook.reminders(now).back().say, "at 7") << "the mark is not said";
  EXPECT_EQ(*run("reminder.cancel", R"({"reminders_only":true})"), "[]");
  EXPECT_EQ(*run("reminder.list", "{}"), R"([{"what":"10 minutes","in_seconds":600,"timer":true},)"
                                         R"({"what":"at 7","in_seconds":16200,"timer":false,"alarm":true}])");
  EXPECT_THAT(*run("reminder.cancel", R"({"timers_only":true})"), HasSubstr("10 minutes"));
  EXPECT_THAT(*run("reminder.cancel", R"({"alarms_only":true})"), HasSubstr("at 7"));
  EXPECT_EQ(*run("reminder.list", "{}"), "[]");
}

TEST_F(NotebookTools, ReadTimesOfTheDayFromTheLocalClock) {
  const auto seconds = [&](const std::string& when) {
    return *run("reminder.set", R"({"what":"x","say":"x",)" + when + "}");
  };
  EXPECT_EQ(seconds(R"("at":"15:00")"), R"({"in_seconds":1800})");
  EXPECT_EQ(seconds(R"("at":"14:00")"), R"({"in_seconds":84600})");  // it is tomorrow's
  EXPECT_EQ(seconds(R"("at":"8:00","days":1)"), R"({"in_seconds":63000})");
}

TEST_F(NotebookTools, RefuseWhatIsNoTimeOrTooMuch) {
  for (const char* bad :
       {R"({})", R"({"in_seconds":0})", R"({"in_seconds":-5})", R"({"in_seconds":99999999999})",
        R"({"in_seconds":9223372036854775807})", R"({"in_seconds":"soon"})", R"({"at":"25:00"})",
        R"({"at":"x"})", R"({"at":"14:00","days":0})", R"({"at":"8:00","days":-1})",
        R"({"at":"8:00","days":400})", R"({"in_seconds":5,"what":"","say":""})"})
    EXPECT_FALSE(run("reminder.set", bad).ok()) << bad;
  for (std::size_t i = 0; i < Notebook::kMaxReminders; ++i)
    EXPECT_TRUE(run("reminder.set", R"({"in_seconds":600,"what":"x","say":"x"})").ok());
  EXPECT_FALSE(run("reminder.set", R"({"in_seconds":600,"what":"x","say":"x"})").ok());
  EXPECT_EQ(notebook.reminders(now).size(), Notebook::kMaxReminders);
  EXPECT_EQ(notebook.reminders(now).front().id, 100U);
}

TEST_F(NotebookTools, CutTextsThatAreTooLong) {
  ASSERT_TRUE(run("reminder.set", R"({"in_seconds":600,"what":")" + std::string(5000, 'w') + R"(","say":")" +
                                      std::string(5000, 's') + "\"}")
                  .ok());
  EXPECT_EQ(notebook.reminders(now).front().what.size(), Notebook::kMaxWhatBytes);
  EXPECT_EQ(notebook.reminders(now).front().say.size(), Notebook::kMaxSayBytes);
  ASSERT_TRUE(run("list.change", R"({"add":[")" + std::string(5000, 'i') + "\"]}").ok());
  EXPECT_EQ(notebook.lists().front().items.front().size(), Notebook::kMaxItemBytes);
}

TEST_F(NotebookTools, ChangeAndReadLists) {
  EXPECT_EQ(*run("list.change", R"({"add":["milk","Eggs"]})"),
            R"({"list":"shopping","items":["milk","Eggs"]})");
  EXPECT_EQ(*run("list.change", R"({"list":"购物","add":["milk","bread"]})"),
            R"({"list":"shopping","items":["milk","Eggs","bread"]})");
  EXPECT_EQ(*run("list.change", R"({"list":"Shopping","remove":["eggs","tea"]})"),
            R"({"list":"shopping","removed":["Eggs"],"items":["milk","bread"]})");
  EXPECT_EQ(*run("list.change", R"({"list":"to do","add":["sleep"]})"),
            R"({"list":"to do","items":["sleep"]})");
  EXPECT_EQ(*run("list.read", R"({"list":"grocery"})"), R"({"list":"shopping","items":["milk","bread"]})");
  EXPECT_EQ(*run("list.change", R"({"list":"shopping","clear":true})"),
            R"({"list":"shopping","removed":["milk","bread"],"items":[]})");
  EXPECT_EQ(*run("list.read", "{}"), R"({"list":"to do","items":["sleep"]})");  // the only one
  EXPECT_EQ(*run("list.read", R"({"list":"holiday"})"), R"({"list":"holiday","items":[]})");
}

TEST_F(NotebookTools, HaveRoomForSoManyListsAndItems) {
  for (std::size_t i = 0; i < Notebook::kMaxLists; ++i)
    EXPECT_TRUE(run("list.change", R"({"list":"l)" + std::to_string(i) + R"(","add":["x"]})").ok());
  EXPECT_FALSE(run("list.change", R"({"list":"one more","add":["x"]})").ok());
  std::vector<std::string> items;
  for (std::size_t i = 0; i < Notebook::kMaxItems; ++i) items.push_back("item " + std::to_string(i));
  EXPECT_FALSE(notebook.add_items("l0", items).ok());  // with "x" one too many, so none
  EXPECT_EQ(notebook.list("l0")->items.size(), 1U);
}

TEST(Notebook, GoesOnWhereTheGatewayHadKeptIt) {
  const SteadyTime now = SteadyTime{} + 1h;
  Notebook notebook(5);
  std::vector<Notebook::Reminder> many(40, {.id = 70, .due = now + 1h, .what = "x", .say = "x"});
  many[3].due = now + 1s;
  notebook.restore(
      many, std::vector<Notebook::List>(20, {.name = "a", .items = std::vector<std::string>(90, "i")}));
  EXPECT_FALSE(notebook.take_changed());
  EXPECT_EQ(notebook.reminders(now).size(), Notebook::kMaxReminders);
  EXPECT_EQ(notebook.reminders(now).front().due, now + 1s);
  EXPECT_EQ(notebook.lists().size(), Notebook::kMaxLists);
  EXPECT_EQ(notebook.lists().front().items.size(), Notebook::kMaxItems);
  notebook.cancel("", Notebook::Which::kAll, now);
  ASSERT_TRUE(notebook.add_reminder({.due = now + 1h, .what = "y", .say = "y"}, now).ok());
  EXPECT_EQ(notebook.reminders(now).front().id, 71U);  // ids grow
}

}  // namespace
}  // namespace earshot::worker
