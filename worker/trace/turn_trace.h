// What happened in one turn, and when: the marks of its way from the user's last word to the end of its
// reply, who served each stage, and what the server itself has added. Pure: times are given.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "worker/stages/llm.h"
#include "worker/trace/stage_trace.h"

namespace earshot::worker {

// In the order of a plain turn. A turn that was typed has no marks of hearing, one that failed lacks others.
enum class TurnMark : std::uint8_t {
  kSpeechEnded,      // the last voiced frame arrived
  kEndpointDue,      // the silence behind it was long enough: up to here the wait is deliberate
  kRecogniserAsked,  // "that was all": the recogniser decides
  kTranscript,
  kBegan,       // the conversation has taken the turn up
  kToolsKnown,  // the device has listed its tools, or takes too long for it
  kSpeculated,  // the pause that made the brain be asked before the endpoint
  kConfirmed,   // speculation only: the reply may leave
  kBrainAsked,  // of the round that gave the first sentence; earlier ones are carried()
  kFirstToken,
  kBrainDone,
  kFirstSentence,  // given to the voice
  kVoiceAsked,
  kVoiceFirst,   // the first sound of it
  kVoiceEnough,  // enough for the first packet
  kFirstPacket,  // given to the gateway
  kPlayoutStarted,
  kPlayoutFinished,
  kInterrupted,
  kEnded,
  kCount
};

// kServer: of our own accord: an apology, a farewell, a late result.
enum class TurnSource : std::uint8_t { kSpeech, kText, kWakeWord, kServer };
enum class TurnEnd : std::uint8_t {
  kAnswered,
  kApologised,
  kUnvoiced,   // the voice failed: shown, not said
  kBargedIn,   // the user spoke into it
  kAborted,    // by the device
  kReplaced,   // the device listens anew, or the user typed something else
  kDiscarded,  // a speculation that was wrong; of those no line is written
  kClosed,     // the session ended
};
enum class TurnStage : std::uint8_t { kAsr, kLlm, kTts, kCount };

std::string_view name(TurnSource source);
std::string_view name(TurnEnd end);
std::string_view name(TurnStage stage);
std::string_view name(ErrorCode code);

struct ToolTrace {
  std::string id;    // of the call
  std::string name;  // from the brain: not to be trusted
  SteadyTime started{};
  std::optional<Microseconds> took;
  bool ok = false;
};

class TurnTrace {
 public:
  static constexpr std::size_t kMaxTools = 16;  // more are left out

  TurnTrace() = default;
  TurnTrace(std::string session_id, std::uint32_t turn_number, TurnSource from)
      : session(std::move(session_id)), turn(turn_number), source(from) {}

  void mark(TurnMark mark, SteadyTime at);  // the first time counts
  void brain_asked(SteadyTime at);          // each round; only those up to the first sentence count
  void provider(TurnStage stage, const ProviderNote& served) { stage_trace(stage).note(served); }
  void set_stage(TurnStage stage, StageTrace trace) { stage_trace(stage) = std::move(trace); }
  void fail(TurnStage stage, ErrorCode why) { stage_trace(stage).error = why; }
  void tool_started(std::string id, std::string tool, SteadyTime at);
  void tool_done(const std::string& id, bool ok, SteadyTime at);

  std::optional<SteadyTime> at(TurnMark mark) const { return marks_[static_cast<std::size_t>(mark)]; }
  // nullopt: one of the two never happened.
  std::optional<Microseconds> between(TurnMark from, TurnMark to) const;
  // From the user's last voiced frame, or from the typed text.
  std::optional<Microseconds> since_user(TurnMark to) const;
  // The server's own share of the way to the first packet: what on the critical path was neither a
  // provider's or a tool's time nor deliberate silence. nullopt: no packet left.
  std::optional<Microseconds> overhead() const;

  const StageTrace& stage(TurnStage stage) const { return stages_[static_cast<std::size_t>(stage)]; }
  const std::vector<ToolTrace>& tools() const { return tools_; }

  std::string session;
  std::uint32_t turn = 0;
  TurnSource source = TurnSource::kServer;
  TurnEnd end = TurnEnd::kClosed;
  bool speculative = false;                  // the brain was asked before the endpoint
  std::uint32_t discarded_speculations = 0;  // before this turn, since the one before
  std::optional<Microseconds>
      resumed_after;         // of a session's first turn: so long before it the earlier one had ended
  std::uint32_t rounds = 0;  // the brain was asked
  std::uint32_t sentences = 0;
  std::uint64_t bytes_up = 0;  // Opus heard since the turn before
  std::uint64_t bytes_down = 0;
  std::uint32_t packets_down = 0;
  LlmUsage tokens;

 private:
  StageTrace& stage_trace(TurnStage stage) { return stages_[static_cast<std::size_t>(stage)]; }
  Microseconds own_until_confirmed() const;
  Microseconds own_until_brain_asked() const;
  Microseconds own_until_voice() const;
  Microseconds gap(std::optional<SteadyTime> from, TurnMark to) const;
  std::optional<SteadyTime> last_tool_done() const;

  std::array<std::optional<SteadyTime>, static_cast<std::size_t>(TurnMark::kCount)> marks_;
  std::array<StageTrace, static_cast<std::size_t>(TurnStage::kCount)> stages_;
  std::vector<ToolTrace> tools_;
  std::optional<Microseconds> carried_;  // own share of the rounds before the present one
};

}  // namespace earshot::worker
