// A person who calls an agent over OpenAI Realtime (docs/protocol_realtime.md): speaks or types, listens to the end,
// goes on, or interrupts. Events and time in; events to send and a story out. Pure.
//
// Its loudspeaker plays what comes without a gap, from when it comes; its microphone is open from the first to the last
// moment, as a detector needs it.
//
// Runs on: any one thread at a time.
// Lifecycle: made -> begin() at session.created -> ... -> over(); what went wrong is in failure().
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/audio/pcm.h"
#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::simulator {

struct CallerTurn {
  std::string typed;  // else `speech`
  Pcm speech = {};    // 16 kHz
};

struct CallerManners {
  std::string instructions = {};  // empty: the agent's
  std::string voice = {};         // empty: the agent's
  bool silent = false;            // answers in writing
  std::optional<Milliseconds> barge_in_after = std::nullopt;
};

class RealtimeCaller {
 public:
  static constexpr Milliseconds kFrame{40};
  static constexpr int kUpHz = 16'000;
  static constexpr int kDownHz = 24'000;
  static constexpr Milliseconds kPause{400};  // between the end of an answer and the next word

  // Of the story: "heard", "answer", "sound", "interrupts", "error".
  using Tell = std::function<void(std::string_view heading, const std::string& text)>;

  RealtimeCaller(std::vector<CallerTurn> turns, CallerManners manners, Tell tell);

  // RETURNS: events to send, as JSON.
  std::vector<std::string> hear(const json::object& event, SteadyTime now);
  std::vector<std::string> tick(SteadyTime now);  // every kFrame or so

  bool over() const { return over_ || failure_.has_value(); }
  const std::optional<std::string>& failure() const { return failure_; }
  const Pcm& played() const { return played_; }  // as far as it was heard
  json::object summary() const;

 private:
  enum class Stage : std::uint8_t { kOpening, kSpeaking, kAwaiting, kListening };

  void begin_turn(SteadyTime now);
  void open_microphone(SteadyTime now);
  void interrupt(SteadyTime now);
  void play(const std::string& item, std::string_view delta, SteadyTime now);
  void on_done(const json::object& response, SteadyTime now);
  void send(std::string_view type, json::object members);
  std::vector<std::string> take() { return std::exchange(out_, {}); }

  std::vector<CallerTurn> turns_;
  CallerManners manners_;
  Tell tell_;
  std::vector<std::string> out_;
  std::size_t turn_ = 0;  // the one that goes on
  Stage stage_ = Stage::kOpening;
  bool microphone_ = false;
  SteadyTime next_frame_{};
  std::size_t said_samples_ = 0;  // of the turn's speech
  std::optional<SteadyTime> last_word_;
  std::optional<SteadyTime> first_sound_;
  SteadyTime played_until_{};
  std::string playing_;  // the item
  SteadyTime playing_since_{};
  std::string silenced_;  // the item that was interrupted
  std::string reply_;
  bool answered_ = false;  // completely, and it may still play
  bool over_ = false;
  std::optional<std::string> failure_;
  Pcm played_{.samples = {}, .sample_rate_hz = kDownHz};
  json::array transcripts_;
  json::array replies_;
  json::array delays_ms_;  // from the last word to the first sound
  int interruptions_ = 0;
};

}  // namespace earshot::simulator
