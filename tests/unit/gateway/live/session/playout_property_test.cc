// What must hold for a playout whatever the worker and the host do: seeded random turns, arrivals, stalls,
// late ticks and flushes.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "gateway/live/session/playout.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

class RandomRun {
 public:
  explicit RandomRun(std::uint32_t seed) : random_(seed) {
    config_.lead_frames = static_cast<int>(1 + random_() % 12);
    playout_ = Playout(config_);
  }

  void run() {
    for (int round = 0; round < 4000 && !::testing::Test::HasFailure(); ++round) {
      now_ += Milliseconds{chance(2) ? random_() % 200 : random_() % 15};  // a late tick now and then
      if (chance(50)) worker_acts();
      if (chance(1)) flush();
      drain();
    }
    EXPECT_GT(frames_sent_total_, 100);
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void worker_acts() {
    if (!open_) {
      if (!chance(15)) return;
      ++turn_;
      next_payload_ = 0;
      if (playout_.speech_start(TurnId{turn_}) == PlayoutVerdict::kQueued) open_ = true;
    } else if (chance(10)) {
      ++sentence_;
      playout_.sentence_start(TurnId{turn_}, sentence_, std::to_string(sentence_));
    } else if (chance(5)) {
      playout_.speech_end(TurnId{turn_});
      open_ = false;
    } else if (chance(2)) {
      open_ = false;  // forgets the end: the next start replaces this turn
    } else {
      const auto burst = chance(20) ? random_() % 30 : 1;
      for (std::size_t i = 0; i < burst; ++i) {
        const auto low = static_cast<std::uint8_t>(next_payload_);
        const auto high = static_cast<std::uint8_t>(next_payload_ >> 8);
        const auto verdict =
            playout_.frame(TurnId{turn_}, Bytes{static_cast<std::uint8_t>(turn_), high, low});
        if (verdict == PlayoutVerdict::kQueued) ++next_payload_;
      }
    }
  }

  void flush() {
    const auto flushed = playout_.flush_all(now_);
    EXPECT_EQ(flushed.was_speaking, speaking_turn_.has_value());
    if (flushed.was_speaking) {
      EXPECT_EQ(flushed.heard->turn, TurnId{*speaking_turn_});
    }
    EXPECT_TRUE(playout_.idle());
    flushed_through_ = turn_;
    speaking_turn_.reset();
    open_ = false;
  }

  void drain() {
    while (auto step = playout_.poll(now_, kGuard)) std::visit([this](const auto& s) { on(s); }, *step);
    const auto deadline = playout_.next_deadline();
    EXPECT_TRUE(!deadline || *deadline > now_) << "a due step was left";
  }

  void on(const StartSpeech& start) {
    EXPECT_FALSE(speaking_turn_.has_value()) << "start within a turn";
    EXPECT_GT(number(start.heard.turn), flushed_through_) << "a flushed turn is audible";
    speaking_turn_ = number(start.heard.turn);
    started_ = now_;
    frames_sent_ = 0;
    expected_payload_ = 0;
    play_end_ = {};
    last_frame_.reset();
  }
  void on(const ShowSentence& shown) { EXPECT_EQ(number(shown.heard.turn), speaking_turn_); }
  void on(const SendFrame& frame) {
    ASSERT_TRUE(speaking_turn_.has_value()) << "sound outside of a turn";
    EXPECT_EQ(frame.opus[0], static_cast<std::uint8_t>(*speaking_turn_)) << "sound of another turn";
    EXPECT_EQ(frame.opus[1] << 8 | frame.opus[2], expected_payload_++) << "out of order";
    EXPECT_GE(now_, started_ + kGuard) << "before the start guard";
    if (last_frame_) {
      EXPECT_GE(now_ - *last_frame_, 20ms) << "a burst";
    }
    last_frame_ = now_;
    play_end_ = std::max(play_end_, now_) + config_.frame_duration;
    EXPECT_LE(play_end_ - now_, config_.frame_duration * config_.lead_frames) << "too far ahead";
    ++frames_sent_;
    ++frames_sent_total_;
  }
  void on(const StopSpeech& stop) {
    EXPECT_EQ(number(stop.heard.turn), speaking_turn_);
    EXPECT_EQ(stop.heard.frames_played, frames_sent_);
    if (frames_sent_ > 0) {
      EXPECT_GE(now_, play_end_ + config_.tail_guard) << "the last frame is cut";
    }
    speaking_turn_.reset();
  }

  static constexpr Milliseconds kGuard{100};
  std::mt19937 random_;
  PlayoutConfig config_;
  Playout playout_{config_};
  SteadyTime now_{1h};

  std::uint32_t turn_ = 0;  // what the worker does
  bool open_ = false;
  std::uint32_t sentence_ = 0;
  int next_payload_ = 0;

  std::optional<std::uint32_t> speaking_turn_;  // what the device sees
  std::uint32_t flushed_through_ = 0;
  SteadyTime started_{};
  std::optional<SteadyTime> last_frame_;
  SteadyTime play_end_{};
  std::uint32_t frames_sent_ = 0;
  int frames_sent_total_ = 0;
  int expected_payload_ = 0;
};

class PlayoutPropertyTest : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(PlayoutPropertyTest, HoldsWhateverArrivesWhenever) {
  RandomRun(GetParam()).run();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlayoutPropertyTest, ::testing::Range(1U, 41U));

}  // namespace
}  // namespace earshot::gateway
