#include "gateway/live/workers/reportable_sessions.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

constexpr Ssrc kOne{1};
constexpr Ssrc kTwo{2};

TEST(ReportableSessionsTest, AWorkerReportsOfItsOwnSessionsOnlyAndByTheirNames) {
  ReportableSessions sessions;
  sessions.opened(kOne, "a");
  sessions.opened(kTwo, "b");
  EXPECT_TRUE(sessions.may_report(kOne, "a"));
  EXPECT_FALSE(sessions.may_report(kOne, "b"));
  EXPECT_FALSE(sessions.may_report(Ssrc{3}, "c"));
}

TEST(ReportableSessionsTest, TheReportOfALastTurnComesAfterTheEnd) {
  ReportableSessions sessions;
  SteadyTime now{};
  sessions.opened(kOne, "a");
  sessions.ended(kOne, now);
  EXPECT_TRUE(sessions.may_report(kOne, "a"));
  sessions.opened(kTwo, "b");
  sessions.ended(kTwo, now + ReportableSessions::kAfterwards);
  EXPECT_FALSE(sessions.may_report(kOne, "a"));
  EXPECT_TRUE(sessions.may_report(kTwo, "b"));
}

TEST(ReportableSessionsTest, EndedOnesAreBounded) {
  ReportableSessions sessions;
  const auto most = static_cast<std::uint32_t>(ReportableSessions::kMaxEnded);
  for (std::uint32_t i = 0; i <= most; ++i) {
    sessions.opened(Ssrc{i}, "s");
    sessions.ended(Ssrc{i}, SteadyTime{});
  }
  EXPECT_FALSE(sessions.may_report(Ssrc{0}, "s"));
  EXPECT_TRUE(sessions.may_report(Ssrc{1}, "s"));
}

TEST(ReportableSessionsTest, WhatAnotherSessionWasAskedToSayIsNotToBeAnswered) {
  ReportableSessions sessions;
  sessions.asked_to_say(kOne, "say-1");
  EXPECT_FALSE(sessions.take_say(kTwo, "say-1"));
  EXPECT_FALSE(sessions.take_say(kOne, "say-2"));
  EXPECT_TRUE(sessions.take_say(kOne, "say-1"));
  EXPECT_FALSE(sessions.take_say(kOne, "say-1")) << "once";
}

TEST(ReportableSessionsTest, MessagesThatAreNeverReportedAreBounded) {
  ReportableSessions sessions;
  for (std::size_t i = 0; i <= ReportableSessions::kMaxSays; ++i)
    sessions.asked_to_say(kOne, std::to_string(i));
  EXPECT_FALSE(sessions.take_say(kOne, "0"));
  EXPECT_TRUE(sessions.take_say(kOne, "1"));
}

}  // namespace
}  // namespace earshot::gateway
