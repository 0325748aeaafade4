#include "worker/providers/llm/intent_brain.h"

#include <algorithm>
#include <utility>

#include "worker/providers/llm/level_skill.h"
#include "worker/providers/llm/status_skill.h"
#include "worker/providers/llm/talk_skill.h"

namespace earshot::worker {

namespace {

constexpr int kLevelStep = 10;  // of "louder": a clear difference on a small speaker
constexpr int kLevelAfterUnmute = 50;

class IntentStream final : public LlmStream {
 public:
  IntentStream(BrainStep step, std::size_t calls_before, const Executor& executor, LlmCallbacks callbacks)
      : cancelled_(std::make_shared<bool>(false)) {
    asio::post(executor, [cancelled = cancelled_, step = std::move(step), calls_before,
                          callbacks = std::move(callbacks)] {
      // Any callback may cancel or destroy the stream, so each one is preceded by a look.
      if (!*cancelled && !step.emotion.empty() && callbacks.on_emotion) callbacks.on_emotion(step.emotion);
      if (!*cancelled && !step.text.empty()) callbacks.on_text(step.text);
      std::size_t number = calls_before;
      for (const BrainStep::Call& call : step.calls) {
        const std::string id = "call-" + std::to_string(++number);
        if (!*cancelled) callbacks.on_tool_call({.id = id, .name = call.name, .arguments = call.arguments});
      }
      if (!*cancelled) callbacks.on_done(kDone);
    });
  }
  IntentStream(const IntentStream&) = delete;
  IntentStream& operator=(const IntentStream&) = delete;
  ~IntentStream() override { *cancelled_ = true; }

  void cancel() override { *cancelled_ = true; }

 private:
  std::shared_ptr<bool> cancelled_;
};

std::vector<ToolAnswer> answers_since(const std::vector<Message>& dialogue, std::size_t user) {
  std::vector<ToolAnswer> answers;
  for (std::size_t i = user + 1; i < dialogue.size(); ++i) {
    if (dialogue[i].role != Message::Role::kTool) continue;
    for (std::size_t j = user + 1; j < i; ++j) {
      const auto call = std::ranges::find(dialogue[j].tool_calls, dialogue[i].tool_call_id, &ToolCall::id);
      if (call == dialogue[j].tool_calls.end()) continue;
      answers.push_back({.name = call->name, .text = dialogue[i].text, .is_error = dialogue[i].is_error});
    }
  }
  return answers;
}

std::size_t count_calls(const std::vector<Message>& dialogue) {
  std::size_t calls = 0;
  for (const Message& message : dialogue) calls += message.tool_calls.size();
  return calls;
}

BrainStep run_skill(const MatchedIntent& wanted, const SkillInput& input) {
  switch (wanted.intent) {
    case Intent::kVolumeSet:
      return set_level(kVolume, wanted.number.value_or(0), kVolume.set, input);
    case Intent::kVolumeUp:
      return move_level(kVolume, kLevelStep, input);
    case Intent::kVolumeDown:
      return move_level(kVolume, -kLevelStep, input);
    case Intent::kMute:
      return set_level(kVolume, 0, Reply::kMuted, input);
    case Intent::kUnmute:
      return set_level(kVolume, kLevelAfterUnmute, kVolume.set, input);
    case Intent::kVolumeQuery:
      return tell_level(kVolume, input);
    case Intent::kBrightnessSet:
      return set_level(kBrightness, wanted.number.value_or(0), kBrightness.set, input);
    case Intent::kBrightnessUp:
      return move_level(kBrightness, kLevelStep, input);
    case Intent::kBrightnessDown:
      return move_level(kBrightness, -kLevelStep, input);
    case Intent::kBrightnessQuery:
      return tell_level(kBrightness, input);
    case Intent::kThemeDark:
      return set_theme(true, input);
    case Intent::kThemeLight:
      return set_theme(false, input);
    case Intent::kBattery:
      return tell_battery(input);
    case Intent::kNetwork:
      return tell_network(input);
    case Intent::kTime:
      return tell_time(input);
    case Intent::kDate:
      return tell_date(input);
    case Intent::kGreeting:
      return BrainStep::say(Reply::kGreeting, input);
    case Intent::kThanks:
      return BrainStep::say(Reply::kThanks, input);
    case Intent::kHelp:
      return tell_abilities(input);
    case Intent::kStop:
      return BrainStep::say(Reply::kStop, input);
    case Intent::kGoodbye:
      return say_goodbye(input);
  }
  return BrainStep::say(Reply::kNotUnderstood, input);
}

}  // namespace

std::unique_ptr<LlmStream> IntentBrain::chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) {
  return std::make_unique<IntentStream>(think(request), count_calls(request.dialogue), executor,
                                        std::move(callbacks));
}

bool IntentBrain::can_stand_in(const LlmRequest& request) const {
  const auto& dialogue = request.dialogue;
  const auto last =
      std::ranges::find(dialogue.rbegin(), dialogue.rend(), Message::Role::kUser, &Message::role);
  return request.understood && last != dialogue.rend() && matcher_.match(last->text).has_value();
}

BrainStep IntentBrain::think(const LlmRequest& request) const {
  SkillInput input{.tools = &request.tools, .answers = {}, .language = request.language};
  const auto& dialogue = request.dialogue;
  const auto last =
      std::ranges::find(dialogue.rbegin(), dialogue.rend(), Message::Role::kUser, &Message::role);
  if (!request.understood || last == dialogue.rend()) return BrainStep::say(Reply::kNotUnderstood, input);
  const auto wanted = matcher_.match(last->text);
  if (!wanted) return BrainStep::say(Reply::kNotUnderstood, input);
  input.answers = answers_since(dialogue, static_cast<std::size_t>(dialogue.rend() - last) - 1);
  // The user is answered in the language of the sentence; a device may be set to another one.
  if (is_chinese_language(input.language) != is_chinese_language(wanted->language))
    input.language = wanted->language;
  return run_skill(*wanted, input);
}

}  // namespace earshot::worker
