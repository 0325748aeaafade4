#include "worker/trace/turn_trace.h"

#include <algorithm>
#include <utility>

#include "common/base/unreachable.h"

namespace earshot::worker {

namespace {

// Clocks of two threads may be read in another order than things happened: never less than nothing.
Microseconds elapsed(SteadyTime from, SteadyTime to) {
  return std::max(Microseconds(0), std::chrono::duration_cast<Microseconds>(to - from));
}

std::optional<SteadyTime> latest(std::optional<SteadyTime> a, std::optional<SteadyTime> b) {
  return std::max(a, b);  // nullopt is less than any time
}

}  // namespace

std::string_view name(TurnSource source) {
  switch (source) {
    case TurnSource::kSpeech:
      return "speech";
    case TurnSource::kText:
      return "text";
    case TurnSource::kWakeWord:
      return "wake_word";
    case TurnSource::kServer:
      return "server";
  }
  unreachable("a source of turns");
}

std::string_view name(TurnEnd end) {
  switch (end) {
    case TurnEnd::kAnswered:
      return "answered";
    case TurnEnd::kApologised:
      return "apologised";
    case TurnEnd::kUnvoiced:
      return "unvoiced";
    case TurnEnd::kBargedIn:
      return "barged_in";
    case TurnEnd::kAborted:
      return "aborted";
    case TurnEnd::kReplaced:
      return "replaced";
    case TurnEnd::kDiscarded:
      return "discarded";
    case TurnEnd::kClosed:
      return "closed";
  }
  unreachable("an end of a turn");
}

std::string_view name(TurnStage stage) {
  switch (stage) {
    case TurnStage::kAsr:
      return "asr";
    case TurnStage::kLlm:
      return "llm";
    case TurnStage::kTts:
      return "tts";
    case TurnStage::kCount:
      break;
  }
  unreachable("a stage");
}

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
  }
  unreachable("an error code");
}

void TurnTrace::mark(TurnMark mark, SteadyTime at) {
  auto& slot = marks_[static_cast<std::size_t>(mark)];
  if (!slot) slot = at;
}

void TurnTrace::brain_asked(SteadyTime at) {
  ++rounds;
  if (this->at(TurnMark::kFirstSentence)) return;
  if (this->at(TurnMark::kBrainAsked)) {
    const auto cause = latest(this->at(TurnMark::kBrainDone), last_tool_done());
    carried_ = own_until_brain_asked() + (cause ? elapsed(*cause, at) : Microseconds(0));
    for (const TurnMark of_round : {TurnMark::kBrainAsked, TurnMark::kFirstToken, TurnMark::kBrainDone})
      marks_[static_cast<std::size_t>(of_round)].reset();
  }
  mark(TurnMark::kBrainAsked, at);
}

void TurnTrace::tool_started(std::string id, std::string tool, SteadyTime at) {
  if (tools_.size() >= kMaxTools) return;
  tools_.push_back(
      {.id = std::move(id), .name = std::move(tool), .started = at, .took = std::nullopt, .ok = false});
}

void TurnTrace::tool_done(const std::string& id, bool ok, SteadyTime at) {
  const auto running = [&](const ToolTrace& tool) { return tool.id == id && !tool.took; };
  const auto tool = std::ranges::find_if(tools_, running);
  if (tool == tools_.end()) return;
  tool->took = elapsed(tool->started, at);
  tool->ok = ok;
}

std::optional<Microseconds> TurnTrace::between(TurnMark from, TurnMark to) const {
  if (!at(from) || !at(to)) return std::nullopt;
  return elapsed(*at(from), *at(to));
}

std::optional<Microseconds> TurnTrace::since_user(TurnMark to) const {
  return between(at(TurnMark::kSpeechEnded) ? TurnMark::kSpeechEnded : TurnMark::kBegan, to);
}

std::optional<Microseconds> TurnTrace::overhead() const {
  const auto packet = at(TurnMark::kFirstPacket);
  if (!packet) return std::nullopt;
  const auto confirmed = at(TurnMark::kConfirmed);
  const auto enough = at(TurnMark::kVoiceEnough);
  if (confirmed && (!enough || *confirmed > *enough))
    return elapsed(*confirmed, *packet) + own_until_confirmed();
  return gap(enough, TurnMark::kFirstPacket) + own_until_voice();
}

// The reply waited for the end of the user's speech.
Microseconds TurnTrace::own_until_confirmed() const {
  const auto due = at(TurnMark::kEndpointDue);
  const auto transcript = at(TurnMark::kTranscript);
  const Microseconds last = gap(latest(due, transcript), TurnMark::kConfirmed);
  const bool waited_for_transcript = transcript && due && *transcript > *due;
  return last + (waited_for_transcript ? gap(due, TurnMark::kRecogniserAsked) : Microseconds(0));
}

Microseconds TurnTrace::own_until_brain_asked() const {
  if (carried_) return *carried_;
  if (const auto pause = at(TurnMark::kSpeculated)) return gap(pause, TurnMark::kBrainAsked);
  const Microseconds hearing = gap(at(TurnMark::kEndpointDue), TurnMark::kRecogniserAsked);
  const Microseconds taking_up = gap(at(TurnMark::kTranscript), TurnMark::kBegan);
  const auto cause = latest(at(TurnMark::kToolsKnown), at(TurnMark::kBegan));
  // An apology of our own asks no brain.
  const TurnMark next = at(TurnMark::kBrainAsked) ? TurnMark::kBrainAsked : TurnMark::kFirstSentence;
  return hearing + taking_up + gap(cause, next);
}

// The first sentence is given to the voice inside the call that brings its last token,
// so nothing lies between.
Microseconds TurnTrace::own_until_voice() const {
  return own_until_brain_asked() + gap(at(TurnMark::kFirstSentence), TurnMark::kVoiceAsked);
}

Microseconds TurnTrace::gap(std::optional<SteadyTime> from, TurnMark to) const {
  const auto until = at(to);
  return from && until ? elapsed(*from, *until) : Microseconds(0);
}

std::optional<SteadyTime> TurnTrace::last_tool_done() const {
  std::optional<SteadyTime> last;
  for (const ToolTrace& tool : tools_) {
    if (tool.took) last = latest(last, tool.started + *tool.took);
  }
  return last;
}

}  // namespace earshot::worker
