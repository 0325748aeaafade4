#include "gateway/live/session/playout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr Milliseconds kGuard{100};

// Drives a playout by its own deadlines in virtual time and writes down what came out, and when.
class PlayoutTest : public ::testing::Test {
 protected:
  struct Event {
    Milliseconds at;
    std::string what;
  };

  void begin(std::uint32_t turn) { EXPECT_EQ(playout_.speech_start(TurnId{turn}), PlayoutVerdict::kQueued); }
  void sentence(std::uint32_t turn, std::uint32_t number, const char* text) {
    EXPECT_EQ(playout_.sentence_start(TurnId{turn}, number, text), PlayoutVerdict::kQueued);
  }
  void frames(std::uint32_t turn, int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(playout_.frame(TurnId{turn}, Bytes{static_cast<std::uint8_t>(turn)}),
                PlayoutVerdict::kQueued);
    }
  }
  void finish(std::uint32_t turn) { EXPECT_EQ(playout_.speech_end(TurnId{turn}), PlayoutVerdict::kQueued); }

  void poll() {
    while (auto step = playout_.poll(now_, kGuard)) events_.push_back({now(), describe(*step)});
  }
  // Polls at each deadline up to `until`; the clock stands there afterwards.
  void run_to(Milliseconds until) {
    poll();
    while (true) {
      const auto deadline = playout_.next_deadline();
      if (!deadline || *deadline > kStart + until) break;
      now_ = std::max(now_, *deadline);
      poll();
    }
    now_ = kStart + until;
  }
  // The host sleeps: nothing is polled until then.
  void stall_to(Milliseconds until) {
    now_ = kStart + until;
    poll();
  }

  Milliseconds now() const { return std::chrono::duration_cast<Milliseconds>(now_ - kStart); }
  std::vector<Milliseconds> times(const std::string& what) const {
    std::vector<Milliseconds> found;
    for (const auto& event : events_) {
      if (event.what == what) found.push_back(event.at);
    }
    return found;
  }
  std::vector<std::string> order() const {
    std::vector<std::string> found;
    for (const auto& event : events_) found.push_back(event.what);
    return found;
  }
  static std::string describe(const PlayoutStep& step) {
    if (const auto* start = std::get_if<StartSpeech>(&step))
      return "start" + std::to_string(number(start->heard.turn));
    if (const auto* shown = std::get_if<ShowSentence>(&step)) return shown->text;
    if (const auto* frame = std::get_if<SendFrame>(&step)) return "f" + std::to_string(frame->opus.at(0));
    const auto& stop = std::get<StopSpeech>(step);
    return "stop" + std::to_string(number(stop.heard.turn)) + ":" + std::to_string(stop.heard.frames_played);
  }

  static constexpr SteadyTime kStart{1h};
  SteadyTime now_ = kStart;
  Playout playout_{PlayoutConfig{}};
  std::vector<Event> events_;
};

TEST_F(PlayoutTest, StartsAtOnceAndHoldsTheFirstFrameBackByTheGuard) {
  begin(1);
  sentence(1, 1, "Hello.");
  frames(1, 1);
  run_to(1s);
  EXPECT_THAT(times("start1"), ElementsAre(0ms));
  EXPECT_THAT(times("Hello."), ElementsAre(100ms));
  EXPECT_THAT(times("f1"), ElementsAre(100ms));
}

TEST_F(PlayoutTest, AFirstFrameThatComesAfterTheGuardLeavesAtOnce) {
  begin(1);
  run_to(500ms);
  frames(1, 1);
  run_to(600ms);
  EXPECT_THAT(times("f1"), ElementsAre(500ms));
}

TEST_F(PlayoutTest, SpreadsTheLeadAndThenSendsOneFrameAFrameTime) {
  begin(1);
  frames(1, 12);
  run_to(2s);
  // Frame n plays at 100 + 60 n; five ahead from 180 ms on.
  EXPECT_THAT(times("f1"), ElementsAre(100ms, 120ms, 140ms, 160ms, 180ms, 200ms, 220ms, 280ms, 340ms, 400ms,
                                       460ms, 520ms));
}

TEST_F(PlayoutTest, StopsATailGuardAfterTheLastFrameHasPlayed) {
  begin(1);
  frames(1, 10);
  finish(1);
  run_to(5s);
  EXPECT_THAT(times("stop1:10"), ElementsAre(100ms + 600ms + 120ms));
  EXPECT_TRUE(playout_.idle());
}

TEST_F(PlayoutTest, RestartsTheClockWhenTheSourceStalls) {
  begin(1);
  frames(1, 2);
  run_to(3s);
  frames(1, 8);
  run_to(6s);
  const auto sent = times("f1");
  ASSERT_EQ(sent.size(), 10U);
  EXPECT_EQ(sent[2], 3000ms);
  EXPECT_EQ(sent[3], 3020ms);  // the lead is refilled gently
  EXPECT_EQ(sent[9], 3000ms + 60ms * 3);
}

TEST_F(PlayoutTest, CatchesUpAfterAHostStallWithoutExceedingTheLead) {
  begin(1);
  frames(1, 40);
  run_to(1000ms);
  const auto before = times("f1").size();
  stall_to(1150ms);
  EXPECT_EQ(times("f1").size(), before + 1) << "no burst";
  run_to(1400ms);
  // By the absolute clock: at 1400 ms frame n with 100 + 60 (n - 4) <= 1400 has left.
  EXPECT_EQ(times("f1").size(), 26U);
}

TEST_F(PlayoutTest, NeverLeadsBeyondTheHardLimitWhateverIsConfigured) {
  playout_ = Playout(PlayoutConfig{.lead_frames = 1000});
  begin(1);
  frames(1, 200);
  run_to(1s);
  const auto played = (1000 - 100) / 60;
  EXPECT_LE(times("f1").size(), static_cast<std::size_t>(played + 1 + 10)) << "half of a queue of 20";
}

TEST_F(PlayoutTest, KeepsTextAndSoundTogether) {
  begin(1);
  sentence(1, 1, "One.");
  frames(1, 3);
  sentence(1, 2, "Two.");
  run_to(1s);
  EXPECT_THAT(order(), ElementsAre("start1", "One.", "f1", "f1", "f1")) << "the second has no sound yet";
  frames(1, 2);
  finish(1);
  run_to(2s);
  EXPECT_THAT(order(), ElementsAre("start1", "One.", "f1", "f1", "f1", "Two.", "f1", "f1", "stop1:5"));
}

TEST_F(PlayoutTest, ShowsASentenceWithoutSound) {
  begin(1);
  sentence(1, 1, "Silent.");
  sentence(1, 2, "Also silent.");
  finish(1);
  run_to(1s);
  EXPECT_THAT(order(), ElementsAre("start1", "Silent.", "Also silent.", "stop1:0"));
}

TEST_F(PlayoutTest, TellsWhatWasHeardWithEachSentence) {
  begin(1);
  sentence(1, 1, "One.");
  frames(1, 20);
  sentence(1, 2, "Two.");
  frames(1, 1);
  run_to(1000ms);
  std::optional<Heard> heard;
  while (!heard) {
    now_ = *playout_.next_deadline();
    const auto step = playout_.poll(now_, kGuard);
    ASSERT_TRUE(step.has_value());
    if (const auto* shown = std::get_if<ShowSentence>(&*step)) heard = shown->heard;
  }
  EXPECT_EQ(heard->sentence, 2U);
  EXPECT_EQ(heard->frames_played, 16U) << "four of twenty are still ahead";
}

TEST_F(PlayoutTest, FlushSilencesAtOnceAndTellsWhatWasHeard) {
  begin(1);
  sentence(1, 3, "Three.");
  frames(1, 50);
  finish(1);
  run_to(100ms + 60ms * 10);

  const auto flushed = playout_.flush_all(now_);

  EXPECT_TRUE(flushed.was_speaking);
  ASSERT_TRUE(flushed.heard.has_value());
  EXPECT_EQ(flushed.heard->turn, TurnId{1});
  EXPECT_EQ(flushed.heard->sentence, 3U);
  EXPECT_EQ(flushed.heard->frames_played, 10U);
  EXPECT_EQ(flushed.frames_dropped, 50U - 15U);
  EXPECT_TRUE(playout_.idle());
  EXPECT_EQ(playout_.next_deadline(), std::nullopt);
}

TEST_F(PlayoutTest, WhatComesForAFlushedTurnIsStale) {
  begin(1);
  frames(1, 1);
  playout_.flush(TurnId{1}, now_);
  EXPECT_EQ(playout_.frame(TurnId{1}, Bytes{1}), PlayoutVerdict::kStale);
  EXPECT_EQ(playout_.sentence_start(TurnId{1}, 2, "x"), PlayoutVerdict::kStale);
  EXPECT_EQ(playout_.speech_end(TurnId{1}), PlayoutVerdict::kStale);
  EXPECT_EQ(playout_.speech_start(TurnId{1}), PlayoutVerdict::kStale);
  EXPECT_EQ(playout_.speech_start(TurnId{2}), PlayoutVerdict::kQueued);
}

TEST_F(PlayoutTest, AFlushOfAnOlderTurnLeavesTheCurrentOneAlone) {
  begin(2);
  frames(2, 3);
  const auto flushed = playout_.flush(TurnId{1}, now_);
  EXPECT_FALSE(flushed.was_speaking);
  EXPECT_EQ(flushed.heard, std::nullopt);
  finish(2);
  run_to(2s);
  EXPECT_EQ(times("f2").size(), 3U);
}

TEST_F(PlayoutTest, AFlushOfTheTurnThatPlaysLetsTheNextOneBegin) {
  begin(1);
  frames(1, 20);
  finish(1);
  begin(2);
  frames(2, 2);
  run_to(400ms);
  EXPECT_TRUE(playout_.flush(TurnId{1}, now_).was_speaking);
  run_to(2s);
  EXPECT_THAT(times("start2"), ElementsAre(400ms));
  EXPECT_EQ(times("f2").size(), 2U);
}

TEST_F(PlayoutTest, ATurnBehindAFinishedOneWaitsItsPlace) {
  begin(1);
  frames(1, 2);
  finish(1);
  begin(2);
  frames(2, 1);
  finish(2);
  run_to(2s);
  EXPECT_THAT(order(), ElementsAre("start1", "f1", "f1", "stop1:2", "start2", "f2", "stop2:1"));
}

TEST_F(PlayoutTest, ATurnInTheMiddleOfAnUnfinishedOneReplacesIt) {
  begin(1);
  sentence(1, 1, "Old.");
  frames(1, 20);
  run_to(110ms);
  begin(2);
  frames(2, 1);
  EXPECT_EQ(playout_.frame(TurnId{1}, Bytes{1}), PlayoutVerdict::kStale);
  finish(2);
  run_to(3s);
  EXPECT_THAT(order(), ElementsAre("start1", "Old.", "f1", "stop1:1", "start2", "f2", "stop2:1"));
  EXPECT_EQ(playout_.take_dropped_frames(), 19U);
  EXPECT_EQ(playout_.take_dropped_frames(), 0U);
}

TEST_F(PlayoutTest, RefusesWhatIsOutOfOrder) {
  EXPECT_EQ(playout_.frame(TurnId{1}, Bytes{1}), PlayoutVerdict::kOutOfOrder);
  EXPECT_EQ(playout_.sentence_start(TurnId{1}, 1, "x"), PlayoutVerdict::kOutOfOrder);
  EXPECT_EQ(playout_.speech_end(TurnId{1}), PlayoutVerdict::kOutOfOrder);
  EXPECT_EQ(playout_.speech_start(TurnId{0}), PlayoutVerdict::kStale);
  begin(5);
  EXPECT_EQ(playout_.speech_start(TurnId{5}), PlayoutVerdict::kStale);
  EXPECT_EQ(playout_.frame(TurnId{6}, Bytes{1}), PlayoutVerdict::kOutOfOrder);
  EXPECT_EQ(playout_.frame(TurnId{4}, Bytes{1}), PlayoutVerdict::kStale);
  finish(5);
  EXPECT_EQ(playout_.frame(TurnId{5}, Bytes{1}), PlayoutVerdict::kOutOfOrder);
  EXPECT_EQ(playout_.speech_end(TurnId{5}), PlayoutVerdict::kOutOfOrder);
}

TEST_F(PlayoutTest, CutsATurnThatOverflowsAndStillEndsIt) {
  playout_ = Playout(PlayoutConfig{.max_queued_frames = 10});
  begin(1);
  frames(1, 10);
  EXPECT_EQ(playout_.frame(TurnId{1}, Bytes{1}), PlayoutVerdict::kOverflow);
  run_to(1s);
  EXPECT_EQ(playout_.frame(TurnId{1}, Bytes{1}), PlayoutVerdict::kOverflow) << "no holes: it stays cut";
  finish(1);
  run_to(3s);
  EXPECT_EQ(times("f1").size(), 10U);
  EXPECT_EQ(times("stop1:10").size(), 1U);
  begin(2);
  frames(2, 1);
}

TEST_F(PlayoutTest, BoundsTurnsAndSentencesToo) {
  for (std::uint32_t turn = 1; turn <= 256; ++turn) {
    begin(turn);
    finish(turn);
  }
  EXPECT_EQ(playout_.speech_start(TurnId{257}), PlayoutVerdict::kOverflow);
  run_to(1s);
  EXPECT_TRUE(playout_.idle());
  begin(300);
  for (std::uint32_t i = 1; i < 256; ++i) playout_.sentence_start(TurnId{300}, i, "x");
  EXPECT_EQ(playout_.sentence_start(TurnId{300}, 256, "x"), PlayoutVerdict::kOverflow);
}

TEST_F(PlayoutTest, APauseHoldsBackWhatComesNextAndLosesNothing) {
  begin(1);
  frames(1, 10);
  finish(1);
  run_to(300ms);
  const std::size_t before = times("f1").size();
  playout_.pause(TurnId{1});
  EXPECT_FALSE(playout_.next_deadline()) << "nothing is due";
  run_to(5000ms);
  EXPECT_EQ(times("f1").size(), before);
  EXPECT_TRUE(playout_.speaking());
  playout_.resume(TurnId{1});
  run_to(10'000ms);
  EXPECT_EQ(times("f1").size(), 10U);
  EXPECT_FALSE(playout_.speaking());
}

TEST_F(PlayoutTest, APausedTurnFillsItsLeadGentlyWhenItGoesOn) {
  begin(1);
  frames(1, 50);
  run_to(1000ms);
  playout_.pause(TurnId{1});
  run_to(3000ms);
  const std::size_t before = times("f1").size();
  playout_.resume(TurnId{1});
  run_to(3100ms);
  const auto sent = times("f1");
  ASSERT_GT(sent.size(), before + 1);
  for (std::size_t i = before + 1; i < sent.size(); ++i) EXPECT_GE(sent[i] - sent[i - 1], 20ms);
  EXPECT_LE(sent.size(), before + 6);
}

TEST_F(PlayoutTest, AFlushAndANewTurnEndAPause) {
  begin(1);
  frames(1, 10);
  run_to(300ms);
  playout_.pause(TurnId{1});
  playout_.pause(TurnId{2});
  EXPECT_TRUE(playout_.flush(TurnId{1}, kStart + 300ms).was_speaking);
  begin(2);
  frames(2, 1);
  finish(2);
  run_to(2000ms);
  EXPECT_EQ(times("f2").size(), 1U);
  begin(3);
  frames(3, 10);
  finish(3);
  run_to(2300ms);
  playout_.pause(TurnId{3});
  begin(4);
  frames(4, 1);
  finish(4);
  run_to(9000ms);
  EXPECT_EQ(times("f4").size(), 1U) << "nobody resumes a turn that was replaced";
}

}  // namespace
}  // namespace earshot::gateway
