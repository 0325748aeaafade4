#include "worker/conversation/turn_line.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

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

class Line {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ' ';
    text_.append(key).append("=").append(value);
  }
  void add(std::string_view key, std::uint64_t value) { add(key, std::to_string(value)); }
  void add(std::string_view key, std::optional<Microseconds> time) {
    if (time) add(key, milliseconds(*time));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_stage(Line& line, const TurnTrace& trace, TurnStage which) {
  const StageTrace& stage = trace.stage(which);
  const std::string key(name(which));
  if (!stage.provider.empty()) line.add(key, plain(stage.provider));
  std::string failed;
  for (const auto& [provider, why] : stage.failed) {
    failed.append(failed.empty() ? "" : ",").append(plain(provider)).append(":").append(name(why));
  }
  if (!failed.empty()) line.add(key + "_failed", failed);
  if (stage.error) line.add(key + "_error", name(*stage.error));
}

void add_tools(Line& line, const TurnTrace& trace) {
  std::string tools;
  for (const ToolTrace& tool : trace.tools()) {
    tools.append(tools.empty() ? "" : ",").append(plain(tool.name)).append(":");
    tools.append(tool.took ? milliseconds(*tool.took) : "unfinished");
    if (tool.took && !tool.ok) tools.append(":failed");
  }
  if (!tools.empty()) line.add("tools", tools);
}

}  // namespace

std::string turn_line(const TurnTrace& trace) {
  Line line;
  line.add("session", plain(trace.session));
  line.add("turn", trace.turn);
  line.add("outcome", name(trace.end));
  line.add("source", name(trace.source));
  if (trace.speculative) line.add("speculation", "used");
  if (trace.discarded_speculations > 0) line.add("speculations_discarded", trace.discarded_speculations);

  line.add("first_audio_ms", trace.since_user(TurnMark::kFirstPacket));
  line.add("overhead_ms", trace.overhead());
  line.add("silence_ms", trace.between(TurnMark::kSpeechEnded, TurnMark::kEndpointDue));
  line.add("speculated_ms", trace.between(TurnMark::kSpeechEnded, TurnMark::kSpeculated));
  add_stage(line, trace, TurnStage::kAsr);
  line.add("asr_ms", trace.between(TurnMark::kRecogniserAsked, TurnMark::kTranscript));
  line.add("tools_wait_ms", trace.between(TurnMark::kBegan, TurnMark::kToolsKnown));
  add_stage(line, trace, TurnStage::kLlm);
  if (trace.rounds > 0) line.add("llm_rounds", trace.rounds);
  line.add("llm_first_token_ms", trace.between(TurnMark::kBrainAsked, TurnMark::kFirstToken));
  line.add("first_sentence_ms", trace.between(TurnMark::kFirstToken, TurnMark::kFirstSentence));
  add_tools(line, trace);
  add_stage(line, trace, TurnStage::kTts);
  line.add("tts_first_audio_ms", trace.between(TurnMark::kVoiceAsked, TurnMark::kVoiceFirst));
  line.add("confirmed_ms", trace.since_user(TurnMark::kConfirmed));
  line.add("playout_start_ms", trace.between(TurnMark::kFirstPacket, TurnMark::kPlayoutStarted));
  line.add("interrupted_ms", trace.since_user(TurnMark::kInterrupted));
  line.add("ended_ms", trace.since_user(TurnMark::kEnded));

  line.add("sentences", trace.sentences);
  line.add("packets", trace.packets_down);
  line.add("bytes_up", trace.bytes_up);
  line.add("bytes_down", trace.bytes_down);
  if (trace.tokens.prompt_tokens > 0) line.add("tokens_in", trace.tokens.prompt_tokens);
  if (trace.tokens.completion_tokens > 0) line.add("tokens_out", trace.tokens.completion_tokens);
  return line.take();
}

}  // namespace earshot::worker
