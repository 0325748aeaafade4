#include "worker/providers/llm/wishes/wish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using enum WishKind;

struct WishCase {
  const char* said;
  WishKind kind;
  const char* language = "en";
};

TEST(Wish, IsReadFromSentencesOfBothLanguages) {
  const WishCase cases[] = {
      {"What is twelve times seven?", kCalculate},
      {"What's 15% of 80?", kCalculate},
      {"Hey, can you calculate 3 + 4, please?", kCalculate},
      {"12 * 7 =", kCalculate},
      {"how much is 100 divided by 8", kCalculate},
      {"二十加三十等于多少？", kCalculate, "zh"},
      {"请问三乘以四是多少", kCalculate, "zh"},
      {"计算一下80的百分之15", kCalculate, "zh"},
      {"Convert five miles to kilometers.", kConvert},
      {"How many feet are in a mile?", kConvert},
      {"what is 100 fahrenheit in celsius", kConvert},
      {"5英里是多少公里", kConvert, "zh"},
      {"把五公斤换算成磅", kConvert, "zh"},
      {"100华氏度等于多少摄氏度？", kConvert, "zh"},
      {"What time is it in Tokyo?", kTimeIn},
      {"what's the time in New York", kTimeIn},
      {"东京现在几点了？", kTimeIn, "zh"},
      {"现在伦敦几点", kTimeIn, "zh"},
      {"What day is December 25?", kWeekday},
      {"what day of the week was July 4 1776", kWeekday},
      {"2026年12月25日是星期几", kWeekday, "zh"},
      {"后天星期几", kWeekday, "zh"},
      {"Set a timer for ten minutes.", kTimerSet},
      {"start a five minute timer", kTimerSet},
      {"Timer for an hour and a half", kTimerSet},
      {"wake me up at seven", kTimerSet},
      {"设置一个十分钟的倒计时", kTimerSet, "zh"},
      {"帮我定一个半小时的闹钟", kTimerSet, "zh"},
      {"定一个明天早上七点的闹钟", kTimerSet, "zh"},
      {"Remind me in half an hour to call mum.", kRemind},
      {"Could you remind me to put milk in the fridge in ten minutes?", kRemind},
      {"remind me at 7 pm to water the plants", kRemind},
      {"remind me to water the plants tomorrow at eight", kRemind},
      {"提醒我十分钟后关火", kRemind, "zh"},
      {"请在半小时之后提醒我吃药", kRemind, "zh"},
      {"明天早上八点提醒我开会", kRemind, "zh"},
      {"Which timers are set?", kRemindersTell},
      {"How much time is left?", kRemindersTell},
      {"what are my reminders", kRemindersTell},
      {"我有哪些提醒", kRemindersTell, "zh"},
      {"Cancel the timer.", kRemindersCancel},
      {"delete all my reminders", kRemindersCancel},
      {"cancel the ten minute timer", kRemindersCancel},
      {"取消闹钟", kRemindersCancel, "zh"},
      {"Add milk and eggs to the shopping list.", kListAdd},
      {"put bread on my list", kListAdd},
      {"购物清单加牛奶", kListAdd, "zh"},
      {"把牛奶加到购物清单", kListAdd, "zh"},
      {"What is on my shopping list?", kListTell},
      {"what's on my list", kListTell},
      {"购物清单上有什么", kListTell, "zh"},
      {"Clear the shopping list", kListClear},
      {"清空购物清单", kListClear, "zh"},
      {"Remove milk from the shopping list", kListRemove},
      {"从购物清单里删除牛奶", kListRemove, "zh"},
      {"How's it going?", kHowAreYou},
      {"Who are you?", kWhoAreYou},
      {"你是谁", kWhoAreYou, "zh"},
      {"Tell me a joke.", kJoke},
      {"给我讲一个笑话", kJoke, "zh"},
      {"Happy birthday!", kGoodWish},
  };
  for (const WishCase& one : cases) {
    const auto wish = read_wish(one.said);
    ASSERT_TRUE(wish) << one.said;
    EXPECT_EQ(wish->kind, one.kind) << one.said;
    EXPECT_EQ(wish->language, one.language) << one.said;
  }
}

TEST(Wish, IsNoneWhenTheSentenceIsAboutSomethingElse) {
  for (const char* said : {"",
                           "   ",
                           "please",
                           "what is the meaning of life",
                           "tell me a story about a dragon",
                           "what is twelve",
                           "how is the weather in Berlin",
                           "what time is it in Atlantis",
                           "set a timer for blue minutes",
                           "put the milk on the table",
                           "convert miles",
                           "I read a list yesterday and it was long",
                           "what does ten minutes mean",
                           "天气怎么样",
                           "给我讲个故事",
                           "The timer was set for ten minutes.",
                           "\xff\xfe\x80",
                           "% % %",
                           "((((",
                           "1:99"})
    EXPECT_FALSE(read_wish(said)) << said;
}

TEST(Wish, ThatLacksATimeIsMadeWholeByOne) {
  for (const char* said : {"set a timer", "please set an alarm", "wake me up", "remind me to call mum",
                           "定一个计时器", "帮我定个闹钟", "提醒我关火"}) {
    const auto wish = read_wish(said);
    ASSERT_TRUE(wish) << said;
    ASSERT_TRUE(wish->lacks_time()) << said;
    EXPECT_EQ(with_time(*wish, "in ten minutes, please")->seconds, 600) << said;
    EXPECT_EQ(with_time(*wish, "十分钟后")->seconds, 600) << said;
    EXPECT_EQ(with_time(*wish, "at seven")->moment->hour, 7) << said;
    for (const char* no_time :
         {"", "please", "never mind", "what is twelve times seven", "ten minutes of fame"})
      EXPECT_FALSE(with_time(*wish, no_time)) << said << ", " << no_time;
  }
  EXPECT_FALSE(read_wish("set a timer for ten minutes")->lacks_time());
}

TEST(Wish, ReadsATimeToItsEnd) {
  struct Case {
    const char* said;
    int hour;
    int minute;
    const char* text;
  };
  for (const Case& one :
       {Case{"remind me at 7 to call mum", 7, 0, "call mum"},
        Case{"remind me at ten to seven to call mum", 6, 50, "call mum"},
        Case{"提醒我明天早上八点开会", 8, 0, "开会"}, Case{"提醒我下午三点半开会", 15, 30, "开会"},
        Case{"提醒我三点一起吃饭", 3, 0, "一起吃饭"}, Case{"提醒我三点零五分吃药", 3, 5, "吃药"}}) {
    const auto wish = read_wish(one.said);
    ASSERT_TRUE(wish && wish->moment) << one.said;
    EXPECT_EQ(wish->moment->hour, one.hour) << one.said;
    EXPECT_EQ(wish->moment->minute, one.minute) << one.said;
    EXPECT_EQ(wish->text, one.text);
  }
}

TEST(Wish, IsReadWithHyphensAndPolitenessThatBelongsToIt) {
  const auto timer = read_wish("Set a 10-minute timer.");
  ASSERT_TRUE(timer);
  EXPECT_EQ(timer->seconds, 600);
  const auto added = read_wish("add ice-cream and gluten-free bread to my shopping list");
  ASSERT_TRUE(added);
  EXPECT_THAT(added->items, ElementsAre("ice-cream", "gluten-free bread"));
  EXPECT_TRUE(read_wish("well done"));
  EXPECT_EQ(read_wish("80 plus 5 percent")->calculation.value, 84);
  EXPECT_EQ(read_wish("100 minus 10%")->calculation.value, 90);
}

TEST(Wish, HoldsWhatStoodInItsSlotsAsItWasWritten) {
  const auto remind = read_wish("Please remind me in half an hour to call Anna O'Neill.");
  EXPECT_EQ(remind->seconds, 1800);
  EXPECT_EQ(remind->text, "call Anna O'Neill");
  // The duration is the part that is one, wherever "in" stands.
  const auto fridge = read_wish("remind me to put milk in the fridge in ten minutes");
  EXPECT_EQ(fridge->text, "put milk in the fridge");
  EXPECT_EQ(fridge->seconds, 600);
  const auto evening = read_wish("remind me at 7:30 pm to call mum");
  EXPECT_EQ(evening->moment->hour, 19);
  EXPECT_EQ(evening->text, "call mum");
  const auto chinese = read_wish("提醒我十分钟后关火");
  EXPECT_EQ(chinese->seconds, 600);
  EXPECT_EQ(chinese->text, "关火");
  const auto added = read_wish("Add some milk, eggs and brown bread to the Shopping list");
  EXPECT_THAT(added->items, ElementsAre("milk", "eggs", "brown bread"));
  EXPECT_EQ(added->list, "Shopping");
  const auto unnamed = read_wish("add milk to my list");
  EXPECT_EQ(unnamed->list, "");
  EXPECT_THAT(read_wish("购物清单加牛奶、鸡蛋和面包")->items, ElementsAre("牛奶", "鸡蛋", "面包"));
  EXPECT_EQ(read_wish("往我的清单里加牛奶")->list, "");
  const auto unlike = read_wish("convert 5 miles to kilograms");
  EXPECT_EQ(unlike->target, nullptr);
  EXPECT_EQ(unlike->measure.value, 5);
  EXPECT_EQ(read_wish("which timers are set")->rings, Rings::kTimer);
  EXPECT_EQ(read_wish("which alarms are set")->rings, Rings::kAlarm);
  EXPECT_EQ(read_wish("what are my reminders")->rings, Rings::kReminder);
}

TEST(Wish, EndsSoonOnWhateverIsThrownAtIt) {
  std::string text;
  while (text.size() < 10'000) text += "add remind me to in one and a half minutes to the list ";
  EXPECT_FALSE(read_wish(text));
  // As many words as are looked at.
  std::string words = "add";
  for (int i = 0; i < 60; ++i) words += " to";
  static_cast<void>(read_wish(words + " list"));
  static_cast<void>(read_wish("remind me to" + words));
  static_cast<void>(read_wish(std::string(1000, '(')));
  std::string deep = "what is ";
  for (int i = 0; i < 60; ++i) deep += "minus ";
  EXPECT_FALSE(read_wish(deep + "5 plus"));
}

TEST(Wish, KnowsWhichOnesAreSmallTalk) {
  EXPECT_TRUE(read_wish("who are you")->is_small_talk());
  EXPECT_TRUE(read_wish("tell me a joke")->is_small_talk());
  EXPECT_FALSE(read_wish("12 * 7")->is_small_talk());
  EXPECT_FALSE(read_wish("what is on my list")->is_small_talk());
}

}  // namespace
}  // namespace earshot::worker
