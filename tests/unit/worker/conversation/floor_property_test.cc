// Whatever comes, in whatever order: a caller that does what Floor says keeps the promises of a conversation.
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "worker/conversation/floor.h"

namespace earshot::worker {
namespace {

using namespace std::chrono_literals;

// The conversation and the device, as far as the floor is concerned.
class FloorCaller {
 public:
  FloorCaller(std::uint32_t seed, bool resume)
      : random_(seed), floor_({.resume = resume, .idle_farewell = 20s}) {}

  void step() {
    now_ += Milliseconds{pick(400)};
    const int what = pick(100);
    if (what < 3) return listen_start();
    if (what < 5) return listen_stop();
    if (what < 7) return abort();
    if (what < 30) return speaks();
    if (what < 42) return ends();
    if (what < 56) return decides();
    if (what < 67) return begins_to_speak();
    if (what < 77) return turn_is_done();
    if (what < 85) return playout_ends();
    if (what < 88) return words_in_a_pause();
    tick();
  }

  void check() const {
    ASSERT_EQ(floor_.speaking().has_value(), open_ || playing_) << "one voice, and the floor knows of it";
    ASSERT_EQ(paused_, floor_.held_up() && floor_.speaking()) << "what is paused is held up, and the reverse";
    ASSERT_TRUE(!floor_.held_up() || floor_.has_reply());
    ASSERT_TRUE(!held_output_ || floor_.keeps_output()) << "what was kept is let out or forgotten";
    ASSERT_EQ(ear_open_, floor_.hears());
    if (floor_.parting()) {
      ASSERT_FALSE(ear_open_ || paused_) << "nothing more is heard, so nothing would resume it";
      return;
    }
    if (!started_ || stopped_ || floor_.has_reply()) return;
    // Nobody speaks, nobody waits: the device is heard, or has been told to begin by itself.
    if (floor_.mode() == ListenMode::kManual) return;
    const bool comes_back = floor_.mode() == ListenMode::kAuto && told_to_listen_;
    ASSERT_TRUE(floor_.hears() || comes_back) << "realtime never goes deaf, and auto hears again";
  }
  int replies() const { return static_cast<int>(turn_); }
  int held_up() const { return held_up_; }
  bool parted() const { return floor_.parting(); }

 private:
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void listen_start() {
    if (floor_.parting()) return;
    end_reply(true);
    floor_.lives(now_);
    const ListenMode modes[] = {ListenMode::kAuto, ListenMode::kAuto, ListenMode::kRealtime,
                                ListenMode::kRealtime, ListenMode::kManual};
    floor_.listen_started(modes[pick(5)]);
    ++utterance_.listening;
    utterance_.number = 0;
    deciding_.clear();
    in_utterance_ = kept_ = stopped_ = told_to_listen_ = false;
    started_ = ear_open_ = true;
  }
  void listen_stop() {
    if (floor_.parting()) return;
    if (floor_.listen_stopped(now_)) ear_open_ = false;
    stopped_ = true;
    if (std::exchange(kept_, false)) told_transcript(kept_id_);
  }
  void abort() {
    if (floor_.parting()) return;
    end_reply(false);
    if (!floor_.aborted()) return;
    mute();
    told_to_listen_ = true;
  }
  void speaks() {
    if (!ear_open_) return;
    if (!std::exchange(in_utterance_, true)) ++utterance_.number;
    if (pick(4) == 0) return;  // too little to interrupt
    switch (floor_.user_speaks(utterance_, now_)) {
      case Floor::AtSpeech::kNothing:
        return;
      case Floor::AtSpeech::kPause:
        ASSERT_FALSE(std::exchange(paused_, true)) << "paused once";
        ++held_up_;
        return;
      case Floor::AtSpeech::kEndReply:
        return end_reply(true);
    }
  }
  void ends() {
    if (!std::exchange(in_utterance_, false)) return;
    const bool spoken = pick(3) != 0;
    if (spoken) deciding_.push_back(utterance_);
    switch (floor_.utterance_ended(utterance_, spoken, now_)) {
      case Floor::AtEnd::kDecide:
        ear_open_ = floor_.hears();
        return;
      case Floor::AtEnd::kWait:
        return;
      case Floor::AtEnd::kGoOn:
        return go_on();
      case Floor::AtEnd::kHeardNothing:
        ear_open_ = false;
        return begin_turn();
    }
  }
  void decides() {
    if (deciding_.empty() || floor_.parting()) return;
    const UtteranceId id = deciding_.front();
    deciding_.erase(deciding_.begin());
    told_transcript(id);
  }
  void told_transcript(UtteranceId id) {
    const bool words = pick(2) == 0;
    switch (floor_.transcript(id, words)) {
      case Floor::AtTranscript::kKeep:
        kept_ = true;
        kept_id_ = id;
        return;
      case Floor::AtTranscript::kIgnore:
      case Floor::AtTranscript::kForget:
        return;
      case Floor::AtTranscript::kGoOn:
        return go_on();
      case Floor::AtTranscript::kEndReply:
        return begin_turn();
      case Floor::AtTranscript::kAnswer:
        if (words || floor_.may_nag()) return begin_turn();
        if (floor_.listen_on()) ear_open_ = true;
        return;
    }
  }
  void words_in_a_pause() {
    if (in_utterance_ && floor_.held_up_by(utterance_)) end_reply(true);
  }
  void begin_turn() {
    end_reply(true);
    if (floor_.turn_began(TurnId{++turn_})) mute();
    thinking_ = true;
  }
  void begins_to_speak() {
    if (!thinking_ || open_) return;
    if (floor_.keeps_output()) {
      held_output_ = true;
      return;
    }
    speech_start();
  }
  void speech_start() {
    ASSERT_FALSE(open_ || playing_) << "never two speakers";
    open_ = true;
    if (floor_.speech_started()) mute();
  }
  void turn_is_done() {
    if (!thinking_ || floor_.keeps_output()) return;
    thinking_ = false;
    const Floor::AtTurnDone done = floor_.turn_done(pick(paused_ ? 4 : 60) == 0);
    ASSERT_EQ(done.speech_end, open_) << "SpeechEnd follows SpeechStart, once";
    if (done.speech_end) playing_ = std::exchange(open_, false);
    if (done.listen_again) ear_open_ = true;
    ASSERT_TRUE(!done.resume || paused_);
    if (done.resume) paused_ = false;
    if (floor_.parting()) ear_open_ = in_utterance_ = false;
    if (playing_) told_to_listen_ = true;
  }
  void playout_ends() {
    // What is paused does not end.
    if (!playing_ || paused_) return;
    ASSERT_TRUE(floor_.all_sent());
    playing_ = false;
    floor_.playout_over(pick(2) == 0, now_);
  }
  void go_on() {
    ASSERT_TRUE(floor_.held_up());
    const bool resume = floor_.go_on();
    ASSERT_EQ(resume, paused_) << "resumed if it was paused";
    paused_ = false;
    if (std::exchange(held_output_, false)) speech_start();
  }
  void end_reply(bool flush) {
    const auto spoke = floor_.end_reply();
    ASSERT_EQ(spoke.has_value(), open_ || playing_) << "a voice that is there is flushed";
    if (flush && spoke) told_to_listen_ = true;
    open_ = playing_ = paused_ = thinking_ = held_output_ = false;
  }
  void tick() {
    if (floor_.recogniser_is_late(now_)) {
      deciding_.clear();
      return floor_.held_up() ? go_on() : begin_turn();
    }
    const Floor::Offer offer = floor_.tick(now_, in_utterance_);
    const bool taken = floor_.has_reply() || in_utterance_ || paused_;
    ASSERT_FALSE(taken && (offer.ours || offer.farewell));
    if (offer.farewell || (offer.ours && pick(4) == 0)) begin_turn();
  }
  void mute() {
    ear_open_ = in_utterance_ = false;
    deciding_.clear();
  }

  std::mt19937 random_;
  Floor floor_;
  SteadyTime now_{1h};
  UtteranceId utterance_;
  std::vector<UtteranceId> deciding_;
  UtteranceId kept_id_;
  std::uint32_t turn_ = 0;
  int held_up_ = 0;
  bool started_ = false;
  bool ear_open_ = false;
  bool in_utterance_ = false;
  bool kept_ = false;
  bool thinking_ = false;        // a turn is not through
  bool open_ = false;            // SpeechStart, and no SpeechEnd yet
  bool playing_ = false;         // behind SpeechEnd
  bool paused_ = false;          // at the gateway
  bool held_output_ = false;     // here
  bool stopped_ = false;         // the device said `listen stop`, and will say `listen start`
  bool told_to_listen_ = false;  // its speech has ended or was flushed, so it says `listen start` by itself
};

TEST(FloorProperties, HoldWhateverComes) {
  int replies = 0;
  int held_up = 0;
  int parted = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    FloorCaller caller(seed, seed % 4 != 0);
    for (int step = 0; step < 1000; ++step) {
      ASSERT_NO_FATAL_FAILURE(caller.step()) << "seed " << seed << " step " << step;
      ASSERT_NO_FATAL_FAILURE(caller.check()) << "seed " << seed << " step " << step;
    }
    replies += caller.replies();
    held_up += caller.held_up();
    parted += caller.parted() ? 1 : 0;
  }
  EXPECT_GT(replies, 1000) << "the sequences reach the states";
  EXPECT_GT(held_up, 100);
  EXPECT_GT(parted, 20);
}

}  // namespace
}  // namespace earshot::worker
