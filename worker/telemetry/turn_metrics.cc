#include "worker/telemetry/turn_metrics.h"

namespace earshot::worker {

void TurnMetrics::add(const TurnTrace& trace) {
  ++turns_[{name(trace.end), name(trace.source)}];
  for (const TurnStage stage : {TurnStage::kAsr, TurnStage::kLlm, TurnStage::kTts}) {
    if (trace.stage(stage).error) ++errors_[{name(stage), name(*trace.stage(stage).error)}];
  }
  observe("silence", trace.between(TurnMark::kSpeechEnded, TurnMark::kEndpointDue));
  observe("transcript", trace.between(TurnMark::kRecogniserAsked, TurnMark::kTranscript));
  observe("first_token", trace.between(TurnMark::kBrainAsked, TurnMark::kFirstToken));
  observe("first_sentence", trace.between(TurnMark::kFirstToken, TurnMark::kFirstSentence));
  observe("first_sound", trace.between(TurnMark::kVoiceAsked, TurnMark::kVoiceFirst));
  observe("playout_start", trace.between(TurnMark::kFirstPacket, TurnMark::kPlayoutStarted));
  if (const auto time = trace.since_user(TurnMark::kFirstPacket)) first_audio_.observe(*time);
  if (const auto time = trace.overhead()) overhead_.observe(*time);
  for (const ToolTrace& tool : trace.tools()) {
    if (tool.took) tools_.observe(*tool.took);
    if (!tool.ok) ++failed_tools_;
  }
  speculations_used_ += trace.speculative ? 1 : 0;
  speculations_discarded_ += trace.discarded_speculations;
  prompt_tokens_ += trace.tokens.prompt_tokens;
  completion_tokens_ += trace.tokens.completion_tokens;
  bytes_up_ += trace.bytes_up;
  bytes_down_ += trace.bytes_down;
}

void TurnMetrics::observe(std::string_view gap, std::optional<Microseconds> time) {
  if (time) gaps_[gap].observe(*time);
}

void TurnMetrics::write(metrics::Page& page) const {
  const auto counter = [&](const char* metric, const char* help, const metrics::Labels& labels,
                           std::uint64_t value) {
    page.counter(metric, help, labels, static_cast<double>(value));
  };
  for (const auto& [names, count] : turns_) {
    counter("earshot_turns_total", "Turns that have ended.",
            {{"outcome", std::string(names.first)}, {"source", std::string(names.second)}}, count);
  }
  for (const auto& [names, count] : errors_) {
    counter("earshot_turn_errors_total", "Turns in which a stage gave up.",
            {{"stage", std::string(names.first)}, {"error", std::string(names.second)}}, count);
  }
  page.histogram("earshot_turn_first_audio_seconds",
                 "From the user's last voiced frame to the first audio packet.", {}, first_audio_);
  page.histogram("earshot_turn_overhead_seconds",
                 "Of that, what was neither a provider's or a tool's time nor deliberate silence.", {},
                 overhead_);
  for (const auto& [gap, times] : gaps_) {
    page.histogram("earshot_turn_gap_seconds", "Time between two marks of a turn.",
                   {{"gap", std::string(gap)}}, times);
  }
  page.histogram("earshot_tool_seconds", "Tool calls that have ended.", {}, tools_);
  counter("earshot_tool_failures_total", "Tool calls that failed or were cut off.", {}, failed_tools_);
  counter("earshot_speculations_total", "Replies begun before the user had certainly finished.",
          {{"result", "used"}}, speculations_used_);
  counter("earshot_speculations_total", "Replies begun before the user had certainly finished.",
          {{"result", "discarded"}}, speculations_discarded_);
  counter("earshot_llm_tokens_total", "As the providers count them.", {{"kind", "prompt"}}, prompt_tokens_);
  counter("earshot_llm_tokens_total", "As the providers count them.", {{"kind", "completion"}},
          completion_tokens_);
  counter("earshot_audio_bytes_total", "Opus of turns.", {{"direction", "up"}}, bytes_up_);
  counter("earshot_audio_bytes_total", "Opus of turns.", {{"direction", "down"}}, bytes_down_);
}

}  // namespace earshot::worker
