#include "worker/trace/turn_tracer.h"

#include <algorithm>

namespace earshot::worker {

TurnTracer::TurnTracer(std::string session, const Clock& clock, TurnSink sink)
    : session_(std::move(session)), clock_(clock), sink_(std::move(sink)) {}

TurnTracer::~TurnTracer() {
  end_all(TurnEnd::kClosed);
}

void TurnTracer::begin(TurnId turn, TurnSource source) {
  if (open_.size() >= kMaxOpen) end(TurnId{open_.front().turn}, TurnEnd::kReplaced);
  open_.emplace_back(session_, number(turn), source);
  TurnTrace& trace = open_.back();
  trace.mark(TurnMark::kBegan, clock_.now());
  trace.bytes_up = std::exchange(bytes_up_, 0);
  trace.discarded_speculations = std::exchange(discarded_, 0);
  trace.resumed_after = std::exchange(resumed_after_, std::nullopt);
  if (source == TurnSource::kSpeech || source == TurnSource::kServer) add_hearing(turn);
  heard_.reset();
}

void TurnTracer::add_hearing(TurnId turn) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr || !heard_) return;
  trace->mark(TurnMark::kSpeechEnded, heard_->speech_ended);
  trace->mark(TurnMark::kEndpointDue, heard_->due);
  trace->mark(TurnMark::kRecogniserAsked, heard_->asked);
  trace->mark(TurnMark::kTranscript, heard_->decided);
  trace->set_stage(TurnStage::kAsr, std::move(heard_->recogniser));
  heard_.reset();
}

void TurnTracer::mark(TurnId turn, TurnMark mark, SteadyTime at) {
  if (TurnTrace* trace = find(turn)) trace->mark(mark, at);
}

void TurnTracer::speculated(TurnId turn, SteadyTime pause) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr) return;
  trace->speculative = true;
  trace->mark(TurnMark::kSpeculated, pause);
}

void TurnTracer::provider(TurnId turn, TurnStage stage, const ProviderNote& note) {
  if (TurnTrace* trace = find(turn)) trace->provider(stage, note);
}

void TurnTracer::fail(TurnId turn, TurnStage stage, ErrorCode why) {
  if (TurnTrace* trace = find(turn)) trace->fail(stage, why);
}

void TurnTracer::brain_asked(TurnId turn) {
  if (TurnTrace* trace = find(turn)) trace->brain_asked(clock_.now());
}

void TurnTracer::tokens(TurnId turn, const LlmUsage& usage) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr) return;
  trace->tokens.prompt_tokens += usage.prompt_tokens;
  trace->tokens.completion_tokens += usage.completion_tokens;
}

void TurnTracer::sentence(TurnId turn) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr) return;
  ++trace->sentences;
  trace->mark(TurnMark::kFirstSentence, clock_.now());
}

void TurnTracer::tool_started(TurnId turn, const std::string& call_id, const std::string& tool) {
  if (TurnTrace* trace = find(turn)) trace->tool_started(call_id, tool, clock_.now());
}

void TurnTracer::tool_done(TurnId turn, const std::string& call_id, bool ok) {
  if (TurnTrace* trace = find(turn)) trace->tool_done(call_id, ok, clock_.now());
}

void TurnTracer::audio_down(TurnId turn, std::size_t bytes) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr) return;
  trace->bytes_down += bytes;
  ++trace->packets_down;
  trace->mark(TurnMark::kFirstPacket, clock_.now());
}

void TurnTracer::settle(TurnId turn, bool apologised) {
  TurnTrace* trace = find(turn);
  if (trace == nullptr) return;
  trace->end = apologised ? TurnEnd::kApologised : TurnEnd::kAnswered;
  if (trace->stage(TurnStage::kTts).error) trace->end = TurnEnd::kUnvoiced;
}

void TurnTracer::end(TurnId turn, TurnEnd how) {
  const auto it = std::ranges::find(open_, number(turn), &TurnTrace::turn);
  if (it == open_.end()) return;
  TurnTrace trace = std::move(*it);
  open_.erase(it);
  if (how == TurnEnd::kDiscarded) {
    discarded_ += 1 + trace.discarded_speculations;
    bytes_up_ += trace.bytes_up;
    if (trace.resumed_after) resumed_after_ = trace.resumed_after;
    return;
  }
  const bool interrupted = how == TurnEnd::kBargedIn || how == TurnEnd::kAborted || how == TurnEnd::kReplaced;
  if (interrupted) trace.mark(TurnMark::kInterrupted, clock_.now());
  trace.mark(TurnMark::kEnded, clock_.now());
  trace.end = how;
  if (sink_) sink_(trace);
}

void TurnTracer::end_as_settled(TurnId turn) {
  if (const TurnTrace* trace = find(turn)) end(turn, trace->end);
}

void TurnTracer::end_all(TurnEnd how) {
  while (!open_.empty()) end(TurnId{open_.front().turn}, how);
}

TurnTrace* TurnTracer::find(TurnId turn) {
  const auto it = std::ranges::find(open_, number(turn), &TurnTrace::turn);
  return it == open_.end() ? nullptr : &*it;
}

}  // namespace earshot::worker
