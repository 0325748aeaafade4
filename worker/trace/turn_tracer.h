// Keeps the traces of a conversation's turns while they go on, and gives each one away when it has ended.
//
// Runs on: the conversation's executor.
// Owns: the open traces, at most kMaxOpen; the oldest is ended as replaced when there are more.
// Borrows: the clock. Marks of a turn that is not open are ignored, so whoever has something to tell need not
// know whether anybody still listens.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

using TurnSink = std::function<void(const TurnTrace&)>;

class TurnTracer {
 public:
  static constexpr std::size_t kMaxOpen = 4;

  // `sink` may be empty; it is called from inside end(), once a turn.
  TurnTracer(std::string session, const Clock& clock, TurnSink sink);
  ~TurnTracer();
  TurnTracer(const TurnTracer&) = delete;
  TurnTracer& operator=(const TurnTracer&) = delete;

  // Before the turn is there: what the next begin() of a spoken turn, or add_hearing(), takes with it.
  void heard(UtteranceTimes times) { heard_ = std::move(times); }
  void forget_hearing() { heard_.reset(); }
  void audio_up(std::size_t bytes) { bytes_up_ += bytes; }
  // The session goes on with the dialogue of one that ended so long before: its first turn tells.
  void resumed(Milliseconds after) { resumed_after_ = after; }

  void begin(TurnId turn, TurnSource source);
  // A speculative turn began before its utterance ended: now it has.
  void add_hearing(TurnId turn);

  void mark(TurnId turn, TurnMark mark) { this->mark(turn, mark, clock_.now()); }
  void mark(TurnId turn, TurnMark mark, SteadyTime at);
  void speculated(TurnId turn, SteadyTime pause);
  void provider(TurnId turn, TurnStage stage, const ProviderNote& note);
  void fail(TurnId turn, TurnStage stage, ErrorCode why);
  void brain_asked(TurnId turn);
  void tokens(TurnId turn, const LlmUsage& usage);  // of one round; they add up
  void sentence(TurnId turn);
  void tool_started(TurnId turn, const std::string& call_id, const std::string& tool);
  void tool_done(TurnId turn, const std::string& call_id, bool ok);
  void audio_down(TurnId turn, std::size_t bytes);  // one packet, when it leaves

  // All is made; what is left is its playout.
  void settle(TurnId turn, bool apologised);
  void end(TurnId turn, TurnEnd how);
  void end_as_settled(TurnId turn);
  void end_all(TurnEnd how);

 private:
  TurnTrace* find(TurnId turn);

  std::string session_;
  const Clock& clock_;
  TurnSink sink_;
  std::deque<TurnTrace> open_;  // the oldest first
  std::optional<UtteranceTimes> heard_;
  std::uint64_t bytes_up_ = 0;
  std::uint32_t discarded_ = 0;
  std::optional<Microseconds> resumed_after_;
};

}  // namespace earshot::worker
