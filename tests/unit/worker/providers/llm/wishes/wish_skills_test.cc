// What the embedded brain answers to wishes, with the worker's real tools behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/providers/llm/intent_brain.h"
#include "worker/tools/builtin_tools.h"
#include "worker/tools/notebook.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// One device that talks: the brain's calls are run, its words are what ask() gives.
class WishesGranted : public testing::Test {
 protected:
  // `before`: what the user had said in the turn before.
  std::string ask(const std::string& said, const std::string& before = {}) {
    LlmRequest request{.dialogue = {}, .tools = tools.specs(keeps), .language = language};
    if (!before.empty()) {
      request.dialogue.push_back(
          {.role = Message::Role::kUser, .text = before, .tool_calls = {}, .tool_call_id = {}});
      request.dialogue.push_back(
          {.role = Message::Role::kAssistant, .text = "?", .tool_calls = {}, .tool_call_id = {}});
    }
    request.dialogue.push_back(
        {.role = Message::Role::kUser, .text = said, .tool_calls = {}, .tool_call_id = {}});
    std::tm time{};
    time.tm_year = 2026 - 1900;
    time.tm_mon = 10;
    time.tm_mday = 30;
    time.tm_hour = 14;
    time.tm_min = 30;
    for (int round = 0; round < 5; ++round) {
      const BrainStep step = brain.think(request);
      EXPECT_FALSE(step.emotion.empty()) << said;
      if (step.calls.empty()) return step.text;
      Message assistant{.role = Message::Role::kAssistant, .text = {}, .tool_calls = {}, .tool_call_id = {}};
      const BrainStep::Call& call = step.calls.front();
      const std::string id = "c" + std::to_string(round);
      assistant.tool_calls.push_back({.id = id, .name = call.name, .arguments = call.arguments});
      request.dialogue.push_back(assistant);
      const auto text =
          tools.find(call.name)
              ->run({.arguments = *json::parse_object(call.arguments, 8192),
                     .local_time = time,
                     .wall_time = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30} + 13h + 30min,
                     .now = now,
                     .notebook = &notebook})
              .text;
      request.dialogue.push_back({.role = Message::Role::kTool,
                                  .text = text.ok() ? *text : text.error().message,
                                  .tool_calls = {},
                                  .tool_call_id = id,
                                  .is_error = !text.ok()});
    }
    ADD_FAILURE() << "no end: " << said;
    return {};
  }
  std::string rings() {
    const auto& reminders = notebook.reminders(now);
    return reminders.empty() ? "" : reminders.back().say;
  }

  IntentBrain brain;
  BuiltinTools tools;
  Notebook notebook{1};
  SteadyTime now{SteadyTime{} + 1h};
  std::string language = "en-US";
  bool keeps = true;
};

TEST_F(WishesGranted, FiguresAreToldAsPeopleSayThem) {
  EXPECT_EQ(ask("What is twelve times seven?"), "That is 84.");
  EXPECT_EQ(ask("10 / 3"), "That is about 3.3333.");
  EXPECT_EQ(ask("What is 5 divided by 0?"), "Nothing can be divided by zero.");
  EXPECT_EQ(ask("二十加三十等于多少"), "等于50。");
  EXPECT_EQ(ask("Convert 5 miles to kilometers."), "5 miles are 8.05 kilometers.");
  EXPECT_EQ(ask("How many feet are in a mile?"), "1 mile is 5280 feet.");
  EXPECT_EQ(ask("What is 100 Fahrenheit in Celsius?"), "100 degrees Fahrenheit are 37.78 degrees Celsius.");
  EXPECT_EQ(ask("convert 5 miles to kilograms"), "Those two units do not measure the same thing.");
  EXPECT_EQ(ask("5公斤等于多少磅"), "5公斤等于11.02磅。");
  EXPECT_EQ(ask("What time is it in Tokyo?"), "In Tokyo it is 10:30 in the evening.");
  EXPECT_EQ(ask("东京现在几点"), "东京现在是22点30分。");
  EXPECT_EQ(ask("What day is December 25?"), "That is Friday, December 25, 2026.");
  EXPECT_EQ(ask("what day of the week was July 4 1776"), "That is Thursday, July 4, 1776.");
  EXPECT_EQ(ask("what day is it tomorrow"), "That is Tuesday, December 1, 2026.");
  EXPECT_EQ(ask("what day is February 30"), "There is no such day.");
  EXPECT_EQ(ask("2026年12月25日是星期几"), "那天是2026年12月25日，星期五。");
}

TEST_F(WishesGranted, TimersAndRemindersAreSetToldAndCancelled) {
  EXPECT_EQ(ask("which timers are set"), "No timer is set.");
  EXPECT_EQ(ask("Set a timer for ten minutes."), "Okay, 10 minutes from now.");
  EXPECT_EQ(rings(), "Your 10 minute timer is done.");
  EXPECT_EQ(ask("Remind me in half an hour to call my Mum."),
            "Okay, I will remind you in 30 minutes: call your Mum.");
  EXPECT_EQ(rings(), "A reminder: call your Mum.");
  EXPECT_EQ(ask("remind me to feed the cat tomorrow at eight"),
            "Okay, I will remind you tomorrow at 8 o'clock in the morning: feed the cat.");
  EXPECT_EQ(ask("wake me at seven"), "Okay, I will call you at 7 o'clock in the evening.");
  now += 4min;
  EXPECT_EQ(ask("how much time is left"), "The timer for 10 minutes has 6 minutes left.");
  EXPECT_EQ(ask("which alarms are set"),
            "The alarm at 7 o'clock in the evening rings in 4 hours and 26 minutes.");
  EXPECT_EQ(ask("what are my reminders").substr(0, 21), "The timer for 10 minu");
  EXPECT_EQ(ask("cancel the ten minute timer"), "Okay, cancelled: 10 minutes.");
  EXPECT_EQ(ask("cancel my reminders"), "Okay, 2 are cancelled.") << "the alarm stays";
  EXPECT_EQ(ask("cancel the timer"), "There is nothing to cancel.") << "and here, too";
  EXPECT_EQ(ask("cancel the alarm"), "Okay, cancelled: at 7 o'clock in the evening.");
  EXPECT_EQ(ask("which alarms are set"), "No alarm is set.");
  ask("set a timer for 5 minutes");
  ask("set a timer for 15 minutes");
  EXPECT_EQ(ask("cancel the 5 minute timer"), "Okay, cancelled: 5 minutes.");
  EXPECT_EQ(ask("remind me in 90 days to breathe"), "That is too far ahead: I keep reminders for a month.");
}

TEST_F(WishesGranted, EachKindIsCancelledByItsOwnNameAlone) {
  const auto set_all = [&] {
    notebook.cancel("", Notebook::Which::kAll, now);
    ask("set a timer for ten minutes");
    ask("wake me at seven");
    ask("remind me in half an hour to feed the cat");
  };
  const auto left = [&] {
    std::string says;
    for (const Notebook::Reminder& one : notebook.reminders(now)) says += one.what + "; ";
    return says;
  };
  set_all();
  ask("cancel the timer");
  EXPECT_EQ(left(), "feed the cat; alarm: at 7 o'clock in the evening; ");
  set_all();
  ask("cancel the alarm");
  EXPECT_EQ(left(), "10 minutes; feed the cat; ");
  set_all();
  ask("cancel my reminders");
  EXPECT_EQ(left(), "10 minutes; alarm: at 7 o'clock in the evening; ");
  set_all();
  ask("取消闹钟");
  EXPECT_EQ(left(), "10 minutes; feed the cat; ");
}

TEST_F(WishesGranted, WhatLacksATimeIsAskedForAndNotSet) {
  EXPECT_EQ(ask("set a timer"), "For how long?");
  EXPECT_EQ(ask("set an alarm"), "At what time?");
  EXPECT_EQ(ask("remind me to feed the cat"), "When shall I remind you?");
  EXPECT_EQ(ask("定一个计时器"), "多长时间？");
  EXPECT_EQ(ask("定一个闹钟"), "几点？");
  EXPECT_EQ(ask("提醒我关火"), "什么时候提醒你？");
  ask("ten minutes");
  EXPECT_TRUE(notebook.reminders(now).empty()) << "a time alone sets nothing";

  EXPECT_EQ(ask("ten minutes", "set a timer"), "Okay, 10 minutes from now.");
  EXPECT_EQ(ask("at seven", "set an alarm"), "Okay, I will call you at 7 o'clock in the evening.");
  EXPECT_EQ(ask("in half an hour", "remind me to feed the cat"),
            "Okay, I will remind you in 30 minutes: feed the cat.");
  EXPECT_EQ(ask("十分钟后", "提醒我关火"), "好的，10分钟后提醒你关火。");
  EXPECT_EQ(notebook.reminders(now).size(), 4U);
  ask("never mind", "set a timer");
  EXPECT_EQ(notebook.reminders(now).size(), 4U);
}

TEST_F(WishesGranted, InChineseAsWell) {
  EXPECT_EQ(ask("提醒我十分钟后关火"), "好的，10分钟后提醒你关火。");
  EXPECT_EQ(rings(), "提醒你：关火。");
  EXPECT_EQ(ask("我有哪些提醒"), "10分钟后关火。");
  EXPECT_EQ(ask("定一个半小时的闹钟"), "好的，30分钟后叫你。");
  EXPECT_EQ(ask("取消闹钟"), "好的，取消了：30分钟。");
  EXPECT_EQ(ask("购物清单加牛奶"), "牛奶已加到购物清单。");
  EXPECT_EQ(ask("购物清单上有什么"), "购物清单上有牛奶。");
  EXPECT_EQ(ask("从购物清单里删除牛奶"), "牛奶已从购物清单删除。");
  EXPECT_EQ(ask("清空购物清单"), "购物清单清空了。");
}

TEST_F(WishesGranted, ListsGrowAreReadAndShrink) {
  EXPECT_EQ(ask("What's on my list?"), "The list is empty.");
  EXPECT_EQ(ask("Add milk and eggs to the shopping list."), "milk and eggs are on the shopping list.");
  EXPECT_EQ(ask("put bread on my list"), "bread is on the shopping list.");
  EXPECT_EQ(ask("What is on my shopping list?"), "On the shopping list: milk, eggs and bread.");
  EXPECT_EQ(ask("remove Milk from the list"), "milk is off the shopping list.");
  EXPECT_EQ(ask("remove tea from the list"), "That is not on the shopping list.");
  EXPECT_EQ(ask("clear the list"), "The list is empty now.");
}

TEST_F(WishesGranted, AListThatIsTooLongToFollowIsCutShort) {
  for (int i = 0; i < 12; ++i) ask("add thing number " + std::to_string(i) + " to my list");
  EXPECT_THAT(ask("what is on my list"), HasSubstr("thing number 9. Also 2 more."));
}

TEST_F(WishesGranted, NothingIsPromisedWhereNobodyKeepsIt) {
  keeps = false;
  for (const char* said : {"set a timer for ten minutes", "what are my reminders", "cancel the timer",
                           "add milk to my list", "what is on my list"})
    EXPECT_EQ(ask(said), "Sorry, I can not keep reminders or lists here.") << said;
}

TEST_F(WishesGranted, SmallTalkIsKind) {
  EXPECT_THAT(ask("who are you"), HasSubstr("without a language model"));
  EXPECT_NE(ask("tell me a joke"), "");
  EXPECT_THAT(ask("给我讲个笑话"), HasSubstr("秘密"));
}

TEST_F(WishesGranted, AnotherBrainIsStoodInForOnlyWhereTheRulesAreSure) {
  const auto can = [&](const std::string& said) {
    LlmRequest request{
        .dialogue = {{.role = Message::Role::kUser, .text = said, .tool_calls = {}, .tool_call_id = {}}},
        .tools = {},
        .language = "en"};
    return brain.can_stand_in(request);
  };
  EXPECT_TRUE(can("louder"));
  EXPECT_TRUE(can("what is twelve times seven"));
  EXPECT_TRUE(can("set a timer for ten minutes"));
  for (const char* said : {"tell me a joke", "who are you", "what is the meaning of life", "天气怎么样"})
    EXPECT_FALSE(can(said)) << said;
}

}  // namespace
}  // namespace earshot::worker
