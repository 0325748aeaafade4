#include "worker/trace/turn_fields.h"

#include <algorithm>
#include <cstdio>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxName = 48;

// A name from a service could break the line, or the terminal.
std::string plain(std::string_view name) {
  std::string out(name.substr(0, kMaxName));
  std::ranges::replace_if(
      out,
      [](char c) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '_' || c == '.' || c == '-';
        return !good;
      },
      '?');
  return out;
}

std::string milliseconds(Microseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(time.count()) / 1000);
  return text;
}

void add_stage(TurnFields& fields, const TurnTrace& trace, TurnStage which) {
  const StageTrace& stage = trace.stage(which);
  const std::string key(name(which));
  if (!stage.provider.empty()) fields.add(key, plain(stage.provider));
  std::string failed;
  for (const auto& [provider, why] : stage.failed) {
    failed.append(failed.empty() ? "" : ",").append(plain(provider)).append(":").append(name(why));
  }
  if (!failed.empty()) fields.add(key + "_failed", failed);
  if (stage.error) fields.add(key + "_error", name(*stage.error));
}

void add_tools(TurnFields& fields, const TurnTrace& trace) {
  std::string tools;
  for (const ToolTrace& tool : trace.tools()) {
    tools.append(tools.empty() ? "" : ",").append(plain(tool.name)).append(":");
    tools.append(tool.took ? milliseconds(*tool.took) : "unfinished");
    if (tool.took && !tool.ok) tools.append(":failed");
  }
  if (!tools.empty()) fields.add("tools", tools);
}

}  // namespace

void TurnFields::add(std::string_view key, std::optional<Microseconds> time) {
  if (time) add(key, *time);
}

void tell(const TurnTrace& trace, TurnFields& fields) {
  fields.add("session", plain(trace.session));
  fields.add("turn", trace.turn);
  fields.add("outcome", name(trace.end));
  fields.add("source", name(trace.source));
  if (trace.speculative) fields.add("speculation", "used");
  if (trace.discarded_speculations > 0) fields.add("speculations_discarded", trace.discarded_speculations);
  fields.add("resumed_after_ms", trace.resumed_after);

  fields.add("first_audio_ms", trace.since_user(TurnMark::kFirstPacket));
  fields.add("overhead_ms", trace.overhead());
  fields.add("silence_ms", trace.between(TurnMark::kSpeechEnded, TurnMark::kEndpointDue));
  fields.add("speculated_ms", trace.between(TurnMark::kSpeechEnded, TurnMark::kSpeculated));
  add_stage(fields, trace, TurnStage::kAsr);
  fields.add("asr_ms", trace.between(TurnMark::kRecogniserAsked, TurnMark::kTranscript));
  fields.add("tools_wait_ms", trace.between(TurnMark::kBegan, TurnMark::kToolsKnown));
  add_stage(fields, trace, TurnStage::kLlm);
  if (trace.rounds > 0) fields.add("llm_rounds", trace.rounds);
  fields.add("llm_first_token_ms", trace.between(TurnMark::kBrainAsked, TurnMark::kFirstToken));
  fields.add("first_sentence_ms", trace.between(TurnMark::kFirstToken, TurnMark::kFirstSentence));
  add_tools(fields, trace);
  add_stage(fields, trace, TurnStage::kTts);
  fields.add("tts_first_audio_ms", trace.between(TurnMark::kVoiceAsked, TurnMark::kVoiceFirst));
  fields.add("confirmed_ms", trace.since_user(TurnMark::kConfirmed));
  fields.add("playout_start_ms", trace.between(TurnMark::kFirstPacket, TurnMark::kPlayoutStarted));
  fields.add("interrupted_ms", trace.since_user(TurnMark::kInterrupted));
  fields.add("ended_ms", trace.since_user(TurnMark::kEnded));

  fields.add("sentences", trace.sentences);
  fields.add("packets", trace.packets_down);
  fields.add("bytes_up", trace.bytes_up);
  fields.add("bytes_down", trace.bytes_down);
  if (trace.tokens.prompt_tokens > 0) fields.add("tokens_in", trace.tokens.prompt_tokens);
  if (trace.tokens.completion_tokens > 0) fields.add("tokens_out", trace.tokens.completion_tokens);
}

}  // namespace earshot::worker
