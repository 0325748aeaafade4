#include "worker/conversation/call_terms.h"

#include <algorithm>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kShortestSilence{100};
constexpr Milliseconds kLongestSilence{10'000};
constexpr std::size_t kMaxVoiceBytes = 64;
constexpr std::size_t kMaxOnlyToolBytes = 64;
constexpr double kSlowest = 0.25;  // as the Realtime API allows
constexpr double kFastest = 1.5;
constexpr double kHottest = 2;
// Who calls a function of his own may ask a person first.
constexpr Milliseconds kToolPatience{300'000};

// Eagerness is how soon the user is answered: the bounds of the silence that the words decide between.
void set_eagerness(ipc::CallTerms::Eagerness eagerness, ConversationConfig& config) {
  switch (eagerness) {
    case ipc::CallTerms::kLow:
      config.endpoint.trailing_silence = Milliseconds{1200};
      config.silence_min = Milliseconds{900};
      config.silence_max = Milliseconds{2500};
      return;
    case ipc::CallTerms::kHigh:
      config.endpoint.trailing_silence = Milliseconds{400};
      config.silence_min = Milliseconds{300};
      config.silence_max = Milliseconds{700};
      return;
    default:  // medium, auto and what a later version may name: as devices are heard
      return;
  }
}

}  // namespace

ConversationConfig config_for_call(const ConversationConfig& agent, const ipc::CallTerms& terms) {
  ConversationConfig config = agent;
  config.call = CallManners{.answers = terms.answers() && terms.detection() != ipc::CallTerms::kManual,
                            .interruptible = terms.interruptible(),
                            .silent = terms.silent(),
                            .voice = json::clean_text(terms.voice(), kMaxVoiceBytes),
                            .speed = terms.speed_permille() == 0
                                         ? 1.0
                                         : std::clamp(terms.speed_permille() / 1000.0, kSlowest, kFastest),
                            .wish = wish_of(terms.wish())};
  if (terms.has_instructions())
    config.agent.prompt = json::clean_text(terms.instructions(), kMaxCallTextBytes);
  config.tools.callers_own = true;  // their names are none that an agent knows
  config.agent.exit_words.clear();
  config.agent.wake_words.clear();
  config.greet_on_wake_word = false;
  config.idle_farewell = Milliseconds{0};
  config.interruption.resume = false;
  config.turn.filler_after = Milliseconds{0};
  config.turn.total_patience = std::max(config.turn.total_patience, kToolPatience);
  config.tools.late_after = kToolPatience;
  config.tools.timeout = kToolPatience;
  config.tools.timeouts.clear();
  if (terms.detection() == ipc::CallTerms::kSemanticVad) set_eagerness(terms.eagerness(), config);
  if (terms.detection() == ipc::CallTerms::kServerVad && terms.silence_ms() > 0) {
    const Milliseconds silence =
        std::clamp(Milliseconds{terms.silence_ms()}, kShortestSilence, kLongestSilence);
    config.endpoint.trailing_silence = silence;
    config.silence_min = silence;
    config.silence_max = silence;
  }
  return config;
}

LlmWish wish_of(const ipc::CallWish& wish) {
  LlmWish made{.max_tokens = wish.max_tokens()};
  if (wish.has_temperature_permille())
    made.temperature = std::min(wish.temperature_permille() / 1000.0, kHottest);
  switch (wish.tool_use()) {
    case ipc::CallWish::kNone:
      made.tool_use = LlmWish::ToolUse::kNone;
      break;
    case ipc::CallWish::kRequired:
      made.tool_use = LlmWish::ToolUse::kRequired;
      made.only_tool = json::clean_text(wish.only_tool(), kMaxOnlyToolBytes);
      break;
    default:  // auto, and what a later version may name
      break;
  }
  return made;
}

std::vector<DialogueTurn> call_turns(const google::protobuf::RepeatedPtrField<ipc::CallLine>& lines) {
  std::vector<DialogueTurn> turns;
  const int skip = std::max(0, lines.size() - kMaxCallLines);
  for (int i = skip; i < lines.size(); ++i) {
    std::string text = json::clean_text(lines[i].text(), kMaxCallTextBytes);
    if (text.empty()) continue;
    if (lines[i].who() == ipc::CallLine::kUser) {
      turns.push_back({.words = std::move(text), .reply = {}});
      continue;
    }
    const auto role =
        lines[i].who() == ipc::CallLine::kSystem ? Message::Role::kSystem : Message::Role::kAssistant;
    turns.push_back({.words = {},
                     .reply = {{.role = role,
                                .text = std::move(text),
                                .tool_calls = {},
                                .tool_call_id = {},
                                .is_error = false}}});
  }
  return turns;
}

}  // namespace earshot::worker
