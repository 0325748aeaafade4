#include "gateway/control/conversations/conversation_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const DeviceId kDevice = *DeviceId::parse("11:22:33:44:55:66");
const SessionId kSession{"s1"};

TurnNews turn(std::uint32_t number) {
  TurnNews news;
  news.session = kSession;
  news.number = number;
  news.source = "speech";
  news.end = "answered";
  news.started_ms = 1'700'000'000'000;
  news.first_audio = 640ms;
  news.overhead = 3ms;
  news.trace = R"({"turn":1})";
  news.tools = {"clock.time"};
  news.agent = "bear";
  news.user_text = "what time is it";
  news.reply_text = "It is noon.";
  news.user_audio = std::string("\0\1x", 3);
  news.reply_audio = std::string("\0\1y", 3);
  return news;
}

class ConversationLogTest : public testing::Test {
 protected:
  ConversationLogTest() {
    hub.subscribe([this](const Event& event) { events.push_back(event); });
    clock.set_wall(std::chrono::system_clock::time_point(1'700'000'000'000ms));
  }
  void make(ConversationLogConfig config = {}) { log.emplace(io.get_executor(), store, hub, clock, config); }
  void run() {
    io.restart();
    io.poll();
  }
  std::vector<store::Turn> turns() { return store.now().conversations().turns(kSession.text); }

  asio::io_context io;
  fakes::ManualClock clock;
  fakes::InlineStore store;
  EventHub hub{clock};
  std::vector<Event> events;
  std::optional<ConversationLog> log;
};

TEST_F(ConversationLogTest, WritesAConversationFromItsBeginningToItsEnd) {
  make();
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  clock.advance(5s);
  log->closed(kDevice, kSession, "device goodbye");
  run();
  const auto kept = store.now().conversations().find(kSession.text);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->device, kDevice);
  EXPECT_EQ(kept->worker, "w1");
  EXPECT_EQ(kept->agent, "bear");
  EXPECT_EQ(kept->end_reason, "device goodbye");
  EXPECT_EQ(kept->turns, 1U);
  ASSERT_TRUE(kept->ended);
  EXPECT_EQ(*kept->ended - kept->started, 5s);
  ASSERT_THAT(turns(), SizeIs(1));
  EXPECT_EQ(turns()[0].user_text, "what time is it");
  EXPECT_EQ(turns()[0].reply_text, "It is noon.");
  EXPECT_EQ(turns()[0].first_audio, 640ms);
}

TEST_F(ConversationLogTest, WhatIsKeptMayChangeInTheMiddleOfAConversation) {
  make({.keep_text = false, .keep_audio = true});
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  log->keep({.keep_text = true, .keep_audio = false});
  log->turn_ended(turn(2));
  ASSERT_THAT(turns(), SizeIs(2));
  EXPECT_THAT(turns()[0].user_text, IsEmpty());
  EXPECT_TRUE(store.now().conversations().audio(kSession.text, 1));
  EXPECT_EQ(turns()[1].user_text, "what time is it");
  EXPECT_FALSE(store.now().conversations().audio(kSession.text, 2));
}

TEST_F(ConversationLogTest, TakesTheLastTurnThatComesAfterTheGoodbye) {
  make();
  log->opened(kDevice, kSession, "w1");
  log->closed(kDevice, kSession, "user");
  log->turn_ended(turn(1));
  EXPECT_THAT(turns(), SizeIs(1));
  ASSERT_TRUE(store.now().conversations().find(kSession.text)->ended);
  clock.advance(ConversationLog::kAfterwards);
  log->opened(kDevice, SessionId{"s2"}, "w1");
  log->turn_ended(turn(2));
  EXPECT_THAT(turns(), SizeIs(1)) << "much too late";
  EXPECT_EQ(log->counters().value(ConversationLogEvent::kTurnUnknownSession), 1U);
}

TEST_F(ConversationLogTest, TellsOfATurnWithItsFigures) {
  make();
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind, "turn");
  EXPECT_EQ(events[0].device, kDevice);
  EXPECT_EQ(json::find_int(events[0].data, "first_audio_ms"), 640);
  EXPECT_EQ(json::find_string(events[0].data, "reply_text"), "It is noon.");
}

TEST_F(ConversationLogTest, KeepsNeitherTextNorAudioWhenTold) {
  make({.keep_text = false, .keep_audio = false});
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  ASSERT_THAT(turns(), SizeIs(1));
  EXPECT_EQ(turns()[0].user_text, "");
  EXPECT_EQ(turns()[0].reply_text, "");
  const auto audio = store.now().conversations().audio(kSession.text, 1);
  EXPECT_TRUE(!audio || audio->user_audio.empty());
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_FALSE(events[0].data.contains("user_text"));
}

TEST_F(ConversationLogTest, KeepsAudioWhenTold) {
  make({.keep_text = true, .keep_audio = true});
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  const auto audio = store.now().conversations().audio(kSession.text, 1);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->user_audio, std::string("\0\1x", 3));
  EXPECT_EQ(audio->reply_audio, std::string("\0\1y", 3));
}

TEST_F(ConversationLogTest, LeavesTurnsOutWhenTheStoreIsSlow) {
  make();
  log->opened(kDevice, kSession, "w1");
  // Nothing is answered before run().
  for (std::uint32_t i = 1; i <= ConversationLog::kMaxWriting + 10; ++i) log->turn_ended(turn(i));
  EXPECT_EQ(log->counters().value(ConversationLogEvent::kTurnDropped), 10U);
  run();
  log->turn_ended(turn(ConversationLog::kMaxWriting + 11));
  EXPECT_EQ(log->counters().value(ConversationLogEvent::kTurnDropped), 10U) << "there is room again";
}

TEST_F(ConversationLogTest, BoundsTheBytesThatWait) {
  make({.keep_text = true, .keep_audio = true});
  log->opened(kDevice, kSession, "w1");
  TurnNews large = turn(1);
  large.user_audio.assign(ConversationLog::kMaxWritingBytes / 4, 'x');
  for (int i = 0; i < 5; ++i) log->turn_ended(large);
  EXPECT_GE(log->counters().value(ConversationLogEvent::kTurnDropped), 1U);
}

TEST_F(ConversationLogTest, CountsWhatCouldNotBeWritten) {
  make();
  store.fail_with(Error{ErrorCode::kInternal, "disk full"});
  log->opened(kDevice, kSession, "w1");
  log->turn_ended(turn(1));
  run();
  EXPECT_EQ(log->counters().value(ConversationLogEvent::kWriteFailed), 2U);
}

}  // namespace
}  // namespace earshot::gateway
