#include "worker/hearing/endpointer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "worker/stages/vad.h"

namespace earshot::worker {
namespace {

constexpr Milliseconds kFrame{kVadFrameMs};

// A device that sends packets of 60 ms: three frames arrive at once.
class EndpointerTest : public testing::Test {
 protected:
  void begin(Endpointer::Mode mode) { endpointer_.begin(mode, now_); }

  // Frames of speech ('#') and silence ('.') arrive; '_' is time without a frame. Timers are served on time.
  // RETURNS: what happened, and at which millisecond since the beginning.
  std::vector<std::string> play(const std::string& frames) {
    std::vector<std::string> events;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      if (i % 3 == 0) now_ += 3 * kFrame;
      if (frames[i] == '_') {
        const auto due = endpointer_.deadline();
        if (due && *due <= now_) note(events, endpointer_.on_time(now_));
      } else {
        note(events, endpointer_.on_frame(frames[i] == '#', now_));
      }
    }
    return events;
  }
  static std::string frames(Milliseconds length, char kind) {
    return std::string(static_cast<std::size_t>(length / kFrame), kind);
  }

  static EndpointerConfig without_pauses() {
    EndpointerConfig config;
    config.speculation_pause = Milliseconds{0};
    return config;
  }

  SteadyTime start_{std::chrono::hours(1)};
  SteadyTime now_ = start_;
  Endpointer endpointer_{without_pauses()};

 private:
  void note(std::vector<std::string>& events, Endpoint endpoint) const {
    switch (endpoint) {
      case Endpoint::kNone:
        return;
      case Endpoint::kSpeechStarted:
        return events.push_back("started");
      case Endpoint::kPaused:
        return events.push_back("paused");
      case Endpoint::kResumed:
        return events.push_back("resumed");
      case Endpoint::kSpeechEnded:
        return events.push_back("ended");
      case Endpoint::kTooShort:
        return events.push_back("too short");
      case Endpoint::kNoSpeech:
        return events.push_back("no speech");
    }
  }
};

using namespace std::chrono_literals;
using Events = std::vector<std::string>;

TEST_F(EndpointerTest, FindsAnUtteranceBetweenSilences) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(400ms, '.') + frames(1000ms, '#') + frames(580ms, '.')), Events{"started"});
  EXPECT_EQ(play("..."), Events{"ended"});
  EXPECT_TRUE(endpointer_.idle());
}

TEST_F(EndpointerTest, KeepsTogetherWhatAShortPauseDivides) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(600ms, '#') + frames(500ms, '.') + frames(600ms, '#') + frames(500ms, '.')),
            Events{"started"});
}

TEST_F(EndpointerTest, DoesNotStartForAClick) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(400ms, '.') + "###." + frames(400ms, '.') + "##" + frames(400ms, '.')), Events{});
}

TEST_F(EndpointerTest, StartsForSpeechWithHoles) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play("#.#.##.#"), Events{"started"});
}

TEST_F(EndpointerTest, SaysWhenItWasTooLittleSpeech) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(300ms, '.') + frames(120ms, '#') + frames(700ms, '.')),
            (Events{"started", "too short"}));
}

TEST_F(EndpointerTest, EndsALongUtteranceAtItsNextShortPause) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(
      play(frames(14s, '#') + frames(480ms, '.') + frames(2s, '#') + frames(240ms, '.') + frames(1s, '#')),
      Events{"started"})
      << "a sentence is not cut, and 240 ms are no pause";
  EXPECT_EQ(play(frames(300ms, '.')), Events{"ended"});
  EXPECT_FALSE(endpointer_.cut());
}

TEST_F(EndpointerTest, CutsWhoNeverPauses) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(74s, '#')), Events{"started"});
  EXPECT_EQ(play(frames(1200ms, '#')), Events{"ended"});
  EXPECT_TRUE(endpointer_.cut());
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_FALSE(endpointer_.cut());
}

TEST_F(EndpointerTest, HearsAHeldKeyForTwoMinutesAndNoLonger) {
  begin(Endpointer::Mode::kManual);
  EXPECT_EQ(play(frames(60s, '#') + frames(20s, '.') + frames(38s, '#')), Events{"started"});
  EXPECT_EQ(play(frames(3s, '#')), Events{"ended"});
  EXPECT_TRUE(endpointer_.cut());
}

TEST_F(EndpointerTest, EndsAHeldKeyByTimeWhenNothingComes) {
  begin(Endpointer::Mode::kManual);
  play(frames(5s, '#'));
  EXPECT_EQ(play(frames(110s, '_')), Events{});
  EXPECT_EQ(play(frames(6s, '_')), Events{"ended"});
}

TEST_F(EndpointerTest, SaysOnceThatNobodySpeaks) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(12000ms, '.')), Events{"no speech"});
}

TEST_F(EndpointerTest, SaysSoAlsoWhenTheDeviceSendsNothing) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(12000ms, '_')), Events{"no speech"});
}

TEST_F(EndpointerTest, CountsDtxGapsAsSilence) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(240ms, '.') + frames(300ms, '_')), Events{"started"});
  EXPECT_EQ(play(frames(180ms, '_')), Events{"ended"});
}

TEST_F(EndpointerTest, CountsAGapWhenTheNextPacketComesBeforeTheTimer) {
  begin(Endpointer::Mode::kAutomatic);
  play(frames(900ms, '#') + frames(240ms, '.'));
  now_ += 500ms;
  EXPECT_EQ(endpointer_.on_frame(false, now_), Endpoint::kSpeechEnded);
}

TEST_F(EndpointerTest, WaitsLongerWhenTheNetworkStallsInSpeech) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(1200ms, '_') + frames(300ms, '#')), Events{"started"});
  EXPECT_EQ(play(frames(1620ms, '_')), Events{"ended"});
}

TEST_F(EndpointerTest, TakesJitterForNoSilence) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(540ms, '.')), Events{"started"});
  now_ += 40ms;  // the packet is late, and no silence more than the three frames it holds
  EXPECT_EQ(endpointer_.on_frame(true, now_ + 60ms), Endpoint::kNone);
  EXPECT_TRUE(endpointer_.speaking());
}

TEST_F(EndpointerTest, HearsSilenceSoonAfterABurst) {
  begin(Endpointer::Mode::kAutomatic);
  for (int i = 0; i < 100; ++i) endpointer_.on_frame(true, now_);  // 2 s of wake word at once
  ASSERT_TRUE(endpointer_.deadline());
  EXPECT_LE(*endpointer_.deadline() - now_, 1700ms);
}

TEST_F(EndpointerTest, LetsOnlyTheUserEndInManualMode) {
  begin(Endpointer::Mode::kManual);
  EXPECT_EQ(play(frames(12000ms, '.') + frames(600ms, '#') + frames(2000ms, '.')), Events{"started"});
  EXPECT_EQ(endpointer_.finish(), Endpoint::kSpeechEnded);
  EXPECT_EQ(endpointer_.finish(), Endpoint::kNone);
}

TEST_F(EndpointerTest, TellsAPressedKeyWithoutSpeech) {
  begin(Endpointer::Mode::kManual);
  play(frames(600ms, '.'));
  EXPECT_EQ(endpointer_.finish(), Endpoint::kNoSpeech);
}

TEST_F(EndpointerTest, TellsAPressedKeyWithAClick) {
  begin(Endpointer::Mode::kManual);
  play(frames(120ms, '#'));
  EXPECT_EQ(endpointer_.finish(), Endpoint::kTooShort);
}

TEST_F(EndpointerTest, IgnoresEverythingWhileIdle) {
  EXPECT_EQ(play(frames(2000ms, '#')), Events{});
  EXPECT_FALSE(endpointer_.deadline());
  begin(Endpointer::Mode::kAutomatic);
  endpointer_.stop();
  EXPECT_EQ(play(frames(2000ms, '#')), Events{});
}

TEST_F(EndpointerTest, ForgetsTheLastUtterance) {
  begin(Endpointer::Mode::kAutomatic);
  play(frames(80ms, '#'));
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play("#.."), Events{});
}

TEST_F(EndpointerTest, AClickKeepsNoTurnOpen) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(300ms, '.') + "##." + frames(240ms, '.')),
            (Events{"started", "ended"}));
}

TEST_F(EndpointerTest, ASyllableKeepsTheTurnOpen) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(300ms, '.') + "###" + frames(540ms, '.')), Events{"started"});
}

TEST_F(EndpointerTest, DoesNotEndWhileAWordMayBegin) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(580ms, '.') + "###" + frames(300ms, '#')), Events{"started"});
}

TEST_F(EndpointerTest, TellsWhenTheLastSpeechArrived) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(endpointer_.speech_ended_at(), now_);
  play(frames(900ms, '#'));
  const SteadyTime last = now_;
  play(frames(300ms, '.') + "#.." + frames(300ms, '.'));
  EXPECT_TRUE(endpointer_.idle());
  EXPECT_EQ(endpointer_.speech_ended_at(), last) << "a click is no speech";
}

class PauseTest : public EndpointerTest {
 protected:
  PauseTest() { endpointer_ = Endpointer({.speculation_pause = 200ms}); }
};

TEST_F(PauseTest, IsToldOnceAndBeforeTheEnd) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(180ms, '.')), Events{"started"});
  EXPECT_EQ(play("."), Events{"paused"});
  EXPECT_EQ(play(frames(400ms, '.')), Events{"ended"});
}

TEST_F(PauseTest, EndsWithAFewFramesOfSpeechAndNotWithAClick) {
  begin(Endpointer::Mode::kAutomatic);
  play(frames(900ms, '#') + frames(240ms, '.'));
  EXPECT_EQ(play("##...."), Events{});
  EXPECT_EQ(play("##"), Events{});
  EXPECT_EQ(play("#"), Events{"resumed"});
  EXPECT_EQ(play(frames(300ms, '#') + frames(240ms, '.')), Events{"paused"});
}

TEST_F(PauseTest, IsFoundByTheTimerWhenTheDeviceStopsSending) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(120ms, '.') + frames(180ms, '_')),
            (Events{"started", "paused"}));
  EXPECT_EQ(play(frames(360ms, '_')), Events{"ended"});
}

TEST_F(PauseTest, IsNoStallOfTheNetwork) {
  begin(Endpointer::Mode::kAutomatic);
  EXPECT_EQ(play(frames(900ms, '#') + frames(1200ms, '_') + frames(300ms, '#')), Events{"started"});
}

TEST_F(PauseTest, IsNothingForAHeldKey) {
  begin(Endpointer::Mode::kManual);
  EXPECT_EQ(play(frames(900ms, '#') + frames(3000ms, '.')), Events{"started"});
}

TEST_F(EndpointerTest, AsksForNothingEarlyFromItsTimer) {
  begin(Endpointer::Mode::kAutomatic);
  play(frames(900ms, '#') + frames(300ms, '.'));
  ASSERT_TRUE(endpointer_.deadline());
  EXPECT_EQ(endpointer_.on_time(*endpointer_.deadline() - 1ms), Endpoint::kNone);
  EXPECT_EQ(endpointer_.on_time(*endpointer_.deadline()), Endpoint::kSpeechEnded);
}

}  // namespace
}  // namespace earshot::worker
