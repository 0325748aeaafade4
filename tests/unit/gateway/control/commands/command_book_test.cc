// Commands in virtual time: every state and every quirk of the firmware.
#include "gateway/control/commands/command_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/control/commands/command_json.h"
#include "tests/fakes/device_tools.h"

namespace earshot::commands {
namespace {

using namespace std::chrono_literals;
using store::CommandState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const DeviceId kDevice = *DeviceId::parse("02:00:00:00:00:01");
const DeviceId kOther = *DeviceId::parse("02:00:00:00:00:02");

constexpr std::string_view kTools =
    R"({"tools":[{"name":"self.volume","description":"","inputSchema":{"type":"object","properties":)"
    R"({"volume":{"type":"integer","minimum":0,"maximum":100}},"required":["volume"]}},)"
    R"({"name":"self.reboot","description":"","inputSchema":{"type":"object","properties":{}},)"
    R"("annotations":{"audience":["user"]}},)"
    R"({"name":"self.upgrade_firmware","description":"","inputSchema":{"type":"object","properties":)"
    R"({"url":{"type":"string","default":"The URL"}}},"annotations":{"audience":["user"]}}]})";

class CommandBookTest : public ::testing::Test {
 protected:
  struct Sent {
    BookStep::Order step;
    std::string what;  // "list", the tool, or the message
    std::string with;  // the arguments
  };

  Moment now() const { return {now_, store::WallTime(wall_)}; }
  void pass(Milliseconds time) {
    now_ += time;
    wall_ += time;
    book_.tick(now());
    collect();
  }

  store::Command command(std::string id, std::string kind, std::string arguments, bool user_tools = false) {
    return {.id = std::move(id),
            .device = kDevice,
            .kind = std::move(kind),
            .arguments = std::move(arguments),
            .by = "operator:ann",
            .user_tools = user_tools,
            .state = CommandState::kQueued,
            .result = {},
            .error_code = {},
            .error_message = {},
            .timeout = 10s,
            .created = store::WallTime(wall_),
            .expires = store::WallTime(wall_ + 60s),
            .sent = {},
            .finished = {}};
  }
  void give(store::Command command) {
    ASSERT_TRUE(book_.reserve(command.device));
    book_.give(std::move(command), now());
    collect();
  }
  void give_volume(std::string id, std::string arguments = R"({"volume":30})") {
    give(command(std::move(id), "tool", R"({"tool":"self.volume","arguments":)" + arguments + "}"));
  }
  void give_reboot(std::string id) { give(command(std::move(id), "reboot", "{}", true)); }

  void online() {
    book_.online(kDevice, now());
    collect();
  }
  void offline() {
    line_knows_tools_ = false;
    book_.offline(kDevice, now());
    collect();
  }
  // Online, and its line knows its tools.
  void ready() {
    online();
    give(command("list", "tools", "{}"));
    answer(kTools);
    line_knows_tools_ = true;
    steps_.clear();
    sent_.clear();
  }
  // As the device's line does: the tools of a page, or the result of a call.
  void answer(std::string_view result) { answer_to(sent_.back(), result); }
  void answer_to(const Sent& sent, std::string_view result) {
    if (sent.what == "list") return outcome(sent, gateway::OrderOutcome(fakes::tools_of(result)));
    outcome(sent, gateway::OrderOutcome(*json::parse_object(result, 64 * 1024)));
  }
  void outcome(const Sent& sent, const gateway::OrderOutcome& outcome) {
    book_.outcome(sent.step.command, sent.step.question, outcome, now());
    collect();
  }
  void fails(ErrorCode code, const std::string& words) { outcome(sent_.back(), Error{code, words}); }
  static std::string says(const std::string& text) {
    return json::serialize(json::object{
        {"content", json::array{json::object{{"type", "text"}, {"text", text}}}}, {"isError", false}});
  }

  // Executes the steps as the service does: receipts, then messages.
  void collect() {
    for (auto steps = book_.take_steps(); !steps.empty(); steps = book_.take_steps()) {
      for (const BookStep& step : steps) take(step);
    }
  }
  void take(const BookStep& step) {
    if (step.receipt) {
      std::string brief = step.receipt->id + " " + std::string(name_of(step.receipt->state));
      if (!step.receipt->error_code.empty()) brief += " " + step.receipt->error_code;
      if (!step.receipt->result.empty()) brief += " " + step.receipt->result;
      steps_.push_back(brief);
      last_ = *step.receipt;
    }
    if (step.tools) stored_tools_.push_back(step.tools->json);
    if (step.say) said_.push_back(*step.say);
    if (!step.order) return;
    Sent sent{.step = *step.order, .what = "list", .with = {}};
    const auto* list = std::get_if<gateway::ListTools>(&step.order->order);
    if (list != nullptr && !list->anew && line_knows_tools_) {
      return book_.outcome(sent.step.command, sent.step.question,
                           gateway::OrderOutcome(fakes::tools_of(kTools)), now());
    }
    if (const auto* call = std::get_if<gateway::CallTool>(&step.order->order)) {
      sent.what = call->tool;
      sent.with = json::serialize(call->arguments);
    }
    const auto* message = std::get_if<gateway::SendMessage>(&step.order->order);
    if (message != nullptr) sent.what = message->json;
    sent_.push_back(sent);
    if (message == nullptr) return;
    book_.outcome(sent.step.command, sent.step.question,
                  link_ ? gateway::OrderOutcome(kDone) : gateway::OrderOutcome(link_.error()), now());
  }
  std::uint64_t counted(BookEvent event) const { return book_.counters().value(event); }

  SteadyTime now_{1h};
  Milliseconds wall_{1'700'000'000'000};
  CommandBook book_{{.per_device = 4, .overall = 6, .list_timeout = 5s}};
  Status link_ = kDone;
  bool line_knows_tools_ = false;
  std::vector<std::string> steps_;  // receipts, briefly
  store::Command last_;
  std::vector<Sent> sent_;
  std::vector<BookStep::Say> said_;
  std::vector<std::string> stored_tools_;
};

TEST_F(CommandBookTest, ACallIsSentOnceTheToolsAreKnownAndEndsWithItsAnswer) {
  online();
  give_volume("c1");
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0].what, "list");
  EXPECT_THAT(steps_, IsEmpty()) << "still queued";

  answer(kTools);
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[1].what, "self.volume");
  EXPECT_EQ(sent_[1].with, R"({"volume":30})");
  EXPECT_EQ(stored_tools_.size(), 1U);

  answer(says("true"));
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"text":"true","json":true})"));
  EXPECT_EQ(book_.unfinished(), 0U);
  EXPECT_EQ(book_.next_deadline(), std::nullopt);
}

TEST_F(CommandBookTest, OneCallAtATimeInTheOrderGiven) {
  ready();
  give_volume("c1");
  give_volume("c2");
  ASSERT_EQ(sent_.size(), 1U);
  answer(says("1"));
  ASSERT_EQ(sent_.size(), 2U);
  answer(says("2"));
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"text":"1"})", "c2 sent",
                                  R"(c2 answered {"text":"2"})"));
}

TEST_F(CommandBookTest, ACommandWaitsForItsDeviceUntilItExpires) {
  give_volume("c1");
  give_volume("c2");
  EXPECT_THAT(sent_, IsEmpty());
  pass(59s);
  online();
  EXPECT_EQ(sent_.size(), 1U);
  offline();  // before it told its tools: nothing of c1 has left
  pass(1s);
  EXPECT_THAT(steps_, ElementsAre("c1 expired offline", "c2 expired offline"));
}

TEST_F(CommandBookTest, ACommandBehindASlowOneExpiresToo) {
  ready();
  auto slow = command("slow", "tool", R"({"tool":"self.volume","arguments":{"volume":1}})");
  slow.timeout = 300s;
  give(slow);
  give_volume("c2");
  pass(60s);
  EXPECT_THAT(steps_, ElementsAre("slow sent", "c2 expired timeout"));
}

TEST_F(CommandBookTest, NoAnswerInTimeIsAFailureAndTheLateAnswerIsCounted) {
  ready();
  give_volume("c1");
  const Sent sent = sent_.back();
  pass(10s);
  EXPECT_THAT(steps_, ElementsAre("c1 sent", "c1 failed timeout"));
  answer_to(sent, says("true"));
  EXPECT_EQ(counted(BookEvent::kReplyLate), 1U);
  EXPECT_EQ(steps_.size(), 2U);
}

TEST_F(CommandBookTest, ASecondAnswerChangesNothing) {
  ready();
  give_volume("c1");
  const Sent sent = sent_.back();
  answer(says("1"));
  give_volume("c2");
  answer_to(sent, says("again"));
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"text":"1"})", "c2 sent"));
  EXPECT_EQ(counted(BookEvent::kReplyLate), 1U);
}

TEST_F(CommandBookTest, AnAnswerToAQuestionThatWasTakenBackDoesNotCount) {
  online();
  give_volume("c1");
  const Sent first = sent_.back();
  offline();
  online();
  ASSERT_EQ(sent_.size(), 2U);
  answer_to(first, kTools);
  EXPECT_THAT(steps_, IsEmpty());
  answer(kTools);
  EXPECT_EQ(sent_.back().what, "self.volume");
}

TEST_F(CommandBookTest, ALineThatIsGoneLeavesItToPresenceAndTheDeadline) {
  online();
  give_volume("c1");
  fails(ErrorCode::kUnavailable, "the device went offline");
  EXPECT_THAT(steps_, IsEmpty()) << "nothing of it has left";
  offline();
  online();
  answer(kTools);
  fails(ErrorCode::kTimeout, "no answer");
  EXPECT_THAT(steps_, ElementsAre("c1 sent"));
  pass(10s);
  EXPECT_EQ(steps_.back(), "c1 failed timeout");
}

TEST_F(CommandBookTest, AnErrorWithoutACodeIsTheDevicesRefusal) {
  ready();
  give_volume("c1");
  fails(ErrorCode::kInvalid, "busy");
  EXPECT_EQ(steps_.back(), "c1 failed device_error");
  EXPECT_EQ(last_.error_message, "busy");
  EXPECT_EQ(counted(BookEvent::kReplyWithoutResult), 1U);
  give_volume("c2");
  fails(ErrorCode::kInvalid, "Unknown tool: self.volume");
  EXPECT_EQ(steps_.back(), "c2 failed unknown_tool");
}

TEST_F(CommandBookTest, AUserOnlyToolNeedsPermission) {
  ready();
  give(command("c1", "tool", R"({"tool":"self.reboot","arguments":{}})"));
  give(command("c2", "reboot", "{}"));
  EXPECT_THAT(steps_, ElementsAre("c1 failed user_tool", "c2 failed user_tool"));
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(CommandBookTest, WrongArgumentsAndUnknownToolsNeverReachTheDevice) {
  ready();
  give_volume("c1", "{}");
  give_volume("c2", R"({"volume":"loud"})");
  give_volume("c3", R"({"volume":101})");
  EXPECT_THAT(last_.error_message, HasSubstr("above its maximum 100"));
  give_volume("c4", R"({"volume":1,"loud":true})");
  EXPECT_THAT(last_.error_message, HasSubstr("no argument 'loud': it takes volume"));
  give(command("c5", "tool", R"({"tool":"self.fly","arguments":{}})"));
  EXPECT_THAT(steps_,
              ElementsAre("c1 failed bad_arguments", "c2 failed bad_arguments", "c3 failed bad_arguments",
                          "c4 failed bad_arguments", "c5 failed unknown_tool"));
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(CommandBookTest, ARebootIsAnsweredByTheDevicesReturn) {
  ready();
  give_reboot("c1");
  EXPECT_EQ(sent_.back().what, "self.reboot");
  pass(2s);
  offline();
  pass(5s);
  EXPECT_EQ(steps_.size(), 1U);
  online();
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"how":"reconnect"})"));
  EXPECT_EQ(counted(BookEvent::kAnsweredByReconnect), 1U);
}

TEST_F(CommandBookTest, ARebootedDeviceMayTakeItsOldConnectionOver) {
  ready();
  give_reboot("c1");
  online();  // the broker had not noticed that it was gone
  EXPECT_EQ(steps_.back(), R"(c1 answered {"how":"reconnect"})");
}

TEST_F(CommandBookTest, TheBrokersOwnAbsenceIsNoReboot) {
  ready();
  give_reboot("c1");
  book_.presence_unknown(now());
  online();
  EXPECT_EQ(steps_.back(), "c1 sent");
  pass(10s);
  EXPECT_EQ(steps_.back(), "c1 failed timeout");
}

TEST_F(CommandBookTest, ADeviceThatStaysAwayHasNotRebooted) {
  ready();
  give_reboot("c1");
  offline();
  pass(10s);
  EXPECT_EQ(steps_.back(), "c1 failed timeout");
  EXPECT_THAT(last_.error_message, HasSubstr("went offline"));
}

TEST_F(CommandBookTest, AToolIsNotAnsweredByAReconnect) {
  ready();
  give_volume("c1");
  offline();
  online();
  EXPECT_EQ(steps_.back(), "c1 sent");
}

TEST_F(CommandBookTest, AnUpgradeThatAnswersHasFailed) {
  ready();
  give(command("c1", "upgrade", R"({"url":"http://h/f.bin"})", true));
  EXPECT_EQ(sent_.back().what, "self.upgrade_firmware");
  EXPECT_EQ(sent_.back().with, R"({"url":"http://h/f.bin"})");
  answer(says("true"));
  EXPECT_EQ(steps_.back(), "c1 failed device_error");
  give(command("c2", "upgrade", R"({"url":"http://h/f.bin"})", true));
  offline();
  online();
  EXPECT_EQ(steps_.back(), R"(c2 answered {"how":"reconnect"})");
}

TEST_F(CommandBookTest, AnUpgradeAsAToolNeedsItsAddress) {
  ready();
  give(command("c1", "tool", R"({"tool":"self.upgrade_firmware","arguments":{}})", true));
  EXPECT_EQ(steps_.back(), "c1 failed bad_arguments");
}

TEST_F(CommandBookTest, ToolsAreAskedForAnewOnEachConnection) {
  ready();
  offline();
  online();
  give_volume("c1");
  EXPECT_EQ(sent_.back().what, "list");
  answer(kTools);
  EXPECT_EQ(sent_.back().what, "self.volume");
  EXPECT_EQ(stored_tools_.size(), 1U) << "no news for the store";
}

TEST_F(CommandBookTest, WhoAsksForTheToolsHasThemFromTheDeviceItself) {
  ready();
  give(command("c1", "tools", "{}"));
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_TRUE(std::get<gateway::ListTools>(sent_[0].step.order).anew);
  answer(R"({"tools":[{"name":"a","description":"","inputSchema":{}}]})");
  const auto result = *json::parse_object(last_.result, 64 * 1024);
  EXPECT_EQ(json::find_array(result, "tools")->size(), 1U);
  EXPECT_EQ(stored_tools_.size(), 2U);
}

TEST_F(CommandBookTest, AListThatCannotBeUsedIsRefused) {
  online();
  give(command("c1", "tools", "{}"));
  fails(ErrorCode::kInvalid, "the device's list of tools comes round again");
  EXPECT_EQ(steps_.back(), "c1 failed device_error");
  EXPECT_EQ(counted(BookEvent::kToolsRefused), 1U);
}

TEST_F(CommandBookTest, ADeviceThatDoesNotTellItsToolsGetsNoCall) {
  online();
  give_volume("c1");
  pass(5s);
  EXPECT_EQ(steps_.back(), "c1 failed timeout");
}

TEST_F(CommandBookTest, AlertsAndMessagesAreOverWhenTheyHaveLeft) {
  online();
  give(command("c1", "alert", R"({"status":"s","message":"m","emotion":"happy"})"));
  give(command("c2", "message", R"({"payload":{"a":1}})"));
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"how":"sent"})", "c2 sent",
                                  R"(c2 answered {"how":"sent"})"));
  EXPECT_EQ(sent_[1].what, R"({"type":"custom","payload":{"a":1}})");
}

TEST_F(CommandBookTest, AMessageThatCannotLeaveFails) {
  ready();
  give_volume("c1");
  fails(ErrorCode::kUnavailable, "the device cannot be reached");
  EXPECT_THAT(steps_, ElementsAre("c1 sent", "c1 failed offline"));
  link_ = Error{ErrorCode::kUnavailable, "the link to the broker is down"};
  give(command("c2", "message", R"({"payload":{}})"));
  EXPECT_EQ(steps_.back(), "c2 failed offline");
}

TEST_F(CommandBookTest, WhatIsSaidTellsHow) {
  online();
  give(command("c1", "say", R"({"text":"dinner"})"));
  give(command("c2", "say", R"({"text":"now"})"));
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_EQ(said_[0].text, "dinner");
  book_.said(said_[0].command, Said{.how = "speech"}, now());
  collect();
  ASSERT_EQ(said_.size(), 2U);
  book_.said(said_[1].command, Error{ErrorCode::kUnavailable, "no voice"}, now());
  collect();
  EXPECT_THAT(steps_,
              ElementsAre("c1 sent", R"(c1 answered {"how":"speech"})", "c2 sent", "c2 failed device_error"));
}

TEST_F(CommandBookTest, OnlyWhatWasNotSentCanBeCancelled) {
  ready();
  give_volume("c1");
  give_volume("c2");
  EXPECT_EQ(book_.cancel("operator:ann", "c1", now()), CommandBook::Cancel::kTooLate);
  EXPECT_EQ(book_.cancel("operator:bob", "c2", now()), CommandBook::Cancel::kUnknown);
  EXPECT_EQ(book_.cancel("operator:ann", "c2", now()), CommandBook::Cancel::kDone);
  collect();
  EXPECT_THAT(steps_, ElementsAre("c1 sent", "c2 cancelled"));
  answer(says("1"));
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(CommandBookTest, RoomIsBoundedForEachDeviceAndForAll) {
  for (int i = 0; i < 4; ++i) give_volume("c" + std::to_string(i));
  EXPECT_FALSE(book_.reserve(kDevice));
  EXPECT_TRUE(book_.reserve(kOther));
  EXPECT_TRUE(book_.reserve(kOther));
  EXPECT_FALSE(book_.reserve(kOther)) << "overall";
  book_.release(kOther);
  EXPECT_TRUE(book_.reserve(kOther));
}

TEST_F(CommandBookTest, AfterARestartWhatWaitedGoesOnAndWhatWasSentHasFailed) {
  auto sent = command("c1", "tool", R"({"tool":"self.volume","arguments":{"volume":1}})");
  sent.state = CommandState::kSent;
  book_.restore({sent, command("c2", "alert", R"({"status":"s","message":"m","emotion":"e"})")}, now());
  collect();
  EXPECT_THAT(steps_, ElementsAre("c1 failed restarted"));
  online();
  EXPECT_EQ(steps_.back(), R"(c2 answered {"how":"sent"})");
}

TEST_F(CommandBookTest, ALongTextIsNotLateForItsLengthButWhatNobodySpeaksIs) {
  ready();
  give(command("c1", "say", R"({"text":")" + std::string(400, 'x') + R"("})"));
  pass(100s);  // 10 s to its first sound, and 90 s of speech
  EXPECT_EQ(steps_.back(), "c1 sent");
  pass(9s);
  EXPECT_TRUE(book_.is_running(said_.at(0).command));
  pass(1s);
  EXPECT_EQ(steps_.back(), "c1 failed timeout");
  EXPECT_FALSE(book_.is_running(said_.at(0).command)) << "what waited for its receipt is not done any more";
}

TEST_F(CommandBookTest, ASystemRebootNeedsNoToolsAndIsAnsweredByTheReturn) {
  online();
  give(command("c1", "reboot", R"({"system":true})", true));
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0].what, R"({"type":"system","command":"reboot"})");
  offline();
  pass(5s);
  online();
  EXPECT_THAT(steps_, ElementsAre("c1 sent", R"(c1 answered {"how":"reconnect"})"));
}

}  // namespace
}  // namespace earshot::commands
