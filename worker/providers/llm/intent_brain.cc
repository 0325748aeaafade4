#include "worker/providers/llm/intent_brain.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "worker/providers/llm/level_skill.h"
#include "worker/providers/llm/status_skill.h"
#include "worker/providers/llm/talk_skill.h"
#include "worker/providers/llm/wishes/figure_skills.h"
#include "worker/providers/llm/wishes/honest_answer.h"
#include "worker/providers/llm/wishes/notebook_skills.h"
#include "worker/providers/llm/wishes/small_talk.h"
#include "worker/providers/llm/wishes/wish.h"

namespace earshot::worker {

namespace {

constexpr int kLevelStep = 10;  // of "louder": a clear difference on a small speaker
constexpr int kLevelAfterUnmute = 50;
constexpr std::string_view kOurCalls = "call-";  // the ids of the calls made here

class IntentStream final : public LlmStream {
 public:
  IntentStream() = default;
  IntentStream(const IntentStream&) = delete;
  IntentStream& operator=(const IntentStream&) = delete;
  ~IntentStream() override { *cancelled_ = true; }

  void cancel() override { *cancelled_ = true; }
  std::shared_ptr<const bool> cancelled() const { return cancelled_; }

 private:
  std::shared_ptr<bool> cancelled_ = std::make_shared<bool>(false);
};

void give_out(BrainStep step, std::size_t calls_before, const Executor& executor, LlmCallbacks callbacks,
              std::shared_ptr<const bool> cancelled) {
  asio::post(executor, [cancelled = std::move(cancelled), step = std::move(step), calls_before,
                        callbacks = std::move(callbacks)] {
    // Any callback may cancel or destroy the stream, so each one is preceded by a look.
    if (!*cancelled && !step.emotion.empty() && callbacks.on_emotion) callbacks.on_emotion(step.emotion);
    if (!*cancelled && !step.text.empty()) callbacks.on_text(step.text);
    std::size_t number = calls_before;
    for (const BrainStep::Call& call : step.calls) {
      const std::string id = std::string(kOurCalls) + std::to_string(++number);
      if (!*cancelled) callbacks.on_tool_call({.id = id, .name = call.name, .arguments = call.arguments});
    }
    if (!*cancelled) callbacks.on_done(kDone);
  });
}

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
    case Intent::kHowAreYou:
      return chat_a_little(WishKind::kHowAreYou, 0, input);
    case Intent::kThanks:
      return BrainStep::say(Reply::kThanks, input);
    case Intent::kHelp:
      return tell_abilities(input);
    case Intent::kStop:
      return BrainStep::say(Reply::kStop, input);
    case Intent::kGoodbye:
      return say_goodbye(input);
    case Intent::kGoodNight:
      return say_goodbye(input, Reply::kGoodNight);
  }
  return BrainStep::say(Reply::kNotUnderstood, input);
}

BrainStep grant(const Wish& wish, std::size_t turns, const SkillInput& input) {
  switch (wish.kind) {
    case WishKind::kCalculate:
      return tell_sum(wish, input);
    case WishKind::kConvert:
      return tell_conversion(wish, input);
    case WishKind::kTimeIn:
      return tell_time_in(wish, input);
    case WishKind::kWeekday:
      return tell_weekday(wish, input);
    case WishKind::kTimerSet:
    case WishKind::kRemind:
      return set_reminder(wish, input);
    case WishKind::kRemindersTell:
      return tell_reminders(wish, input);
    case WishKind::kRemindersCancel:
      return cancel_reminders(wish, input);
    case WishKind::kListAdd:
    case WishKind::kListRemove:
    case WishKind::kListClear:
      return change_list(wish, input);
    case WishKind::kListTell:
      return tell_list(wish, input);
    case WishKind::kHowAreYou:
    case WishKind::kWhoAreYou:
    case WishKind::kJoke:
    case WishKind::kGoodWish:
      break;
  }
  return chat_a_little(wish.kind, turns, input);
}

BrainStep answer_honestly(const std::vector<Message>& dialogue, std::string_view said,
                          const SkillInput& input, std::string_view model) {
  const auto before = std::ranges::count_if(dialogue, [](const Message& message) {
    return message.role == Message::Role::kAssistant && is_honest_answer(message.text);
  });
  return {.emotion = "thinking",
          .text = honest_answer({.text = said,
                                 .language = input.language,
                                 .answered_before = static_cast<std::size_t>(before),
                                 .model = model}),
          .calls = {}};
}

// Commands that need nothing but themselves. A question may want a model's words, a farewell its own.
bool is_plain_command(Intent intent) {
  switch (intent) {
    case Intent::kVolumeSet:
    case Intent::kVolumeUp:
    case Intent::kVolumeDown:
    case Intent::kMute:
    case Intent::kUnmute:
    case Intent::kBrightnessSet:
    case Intent::kBrightnessUp:
    case Intent::kBrightnessDown:
    case Intent::kThemeDark:
    case Intent::kThemeLight:
    case Intent::kStop:
      return true;
    case Intent::kVolumeQuery:
    case Intent::kBrightnessQuery:
    case Intent::kBattery:
    case Intent::kNetwork:
    case Intent::kTime:
    case Intent::kDate:
    case Intent::kGreeting:
    case Intent::kThanks:
    case Intent::kHelp:
    case Intent::kGoodbye:
    case Intent::kGoodNight:
    case Intent::kHowAreYou:
      return false;
  }
  return false;
}

const Message* last_of_user(const LlmRequest& request) {
  const auto last = std::ranges::find(request.dialogue.rbegin(), request.dialogue.rend(),
                                      Message::Role::kUser, &Message::role);
  return last == request.dialogue.rend() ? nullptr : &*last;
}

// What the last sentence wishes; where it only is the time that the one before lacked, both together.
std::optional<Wish> wish_of(const std::vector<Message>& dialogue, const Message& last) {
  if (auto wish = read_wish(last.text)) return wish;
  const std::span<const Message> before(dialogue.data(), &last);
  const auto asked = std::ranges::find(before.rbegin(), before.rend(), Message::Role::kUser, &Message::role);
  if (asked == before.rend()) return std::nullopt;
  auto wish = read_wish(asked->text);
  if (!wish || !wish->lacks_time()) return std::nullopt;
  return with_time(*std::move(wish), last.text);
}

}  // namespace

IntentBrain::IntentBrain(std::unique_ptr<ModelSearch> search) : search_(std::move(search)) {}

IntentBrain::~IntentBrain() = default;

std::unique_ptr<LlmStream> IntentBrain::chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) {
  auto stream = std::make_unique<IntentStream>();
  const std::size_t calls = count_calls(request.dialogue);
  if (!search_ || !is_free_speech(request)) {
    give_out(think(request), calls, executor, std::move(callbacks), stream->cancelled());
    return stream;
  }
  search_->find([this, request = std::move(request), calls, executor = std::move(executor),
                 callbacks = std::move(callbacks),
                 cancelled = stream->cancelled()](const std::string& model) {
    if (!*cancelled) give_out(think(request, model), calls, executor, callbacks, cancelled);
  });
  return stream;
}

bool IntentBrain::can_stand_in(const LlmRequest& request) const {
  const Message* const last = last_of_user(request);
  if (!request.understood || last == nullptr) return false;
  if (matcher_.match(last->text)) return true;
  const auto wish = wish_of(request.dialogue, *last);
  return wish && !wish->is_small_talk();
}

bool IntentBrain::is_free_speech(const LlmRequest& request) const {
  const Message* const last = last_of_user(request);
  return request.understood && last != nullptr && !matcher_.match(last->text) &&
         !wish_of(request.dialogue, *last);
}

bool IntentBrain::is_sure_of(const LlmRequest& request) const {
  const Message* const last = last_of_user(request);
  if (!request.understood || last == nullptr) return false;
  const auto wanted = matcher_.match(last->text);
  if (!wanted || !is_plain_command(wanted->intent)) return false;
  for (const Message* said = last + 1; said != request.dialogue.data() + request.dialogue.size(); ++said) {
    if (!said->tool_calls.empty()) return said->tool_calls.front().id.starts_with(kOurCalls);
  }
  const SkillInput input{.tools = &request.tools, .answers = {}, .language = request.language};
  return wanted->intent == Intent::kStop || !run_skill(*wanted, input).calls.empty();
}

std::unique_ptr<LlmStream> IntentBrain::answer(LlmRequest request, Executor executor,
                                               LlmCallbacks callbacks) const {
  auto stream = std::make_unique<IntentStream>();
  give_out(think(request), count_calls(request.dialogue), executor, std::move(callbacks),
           stream->cancelled());
  return stream;
}

BrainStep IntentBrain::think(const LlmRequest& request, std::string_view model) const {
  SkillInput input{.tools = &request.tools, .answers = {}, .language = request.language};
  const Message* const last = last_of_user(request);
  if (!request.understood || last == nullptr) return BrainStep::say(Reply::kNotUnderstood, input);
  const auto& dialogue = request.dialogue;
  const auto place = static_cast<std::size_t>(last - dialogue.data());
  // The user is answered in the language of the sentence; a device may be set to another one.
  const auto answer_in = [&](std::string_view language) {
    if (is_chinese_language(input.language) != is_chinese_language(language)) input.language = language;
  };
  if (const auto wanted = matcher_.match(last->text)) {
    input.answers = answers_since(dialogue, place);
    answer_in(wanted->language);
    return run_skill(*wanted, input);
  }
  if (const auto wish = wish_of(dialogue, *last)) {
    input.answers = answers_since(dialogue, place);
    answer_in(wish->language);
    const auto turns = std::ranges::count(dialogue, Message::Role::kUser, &Message::role);
    return grant(*wish, static_cast<std::size_t>(turns), input);
  }
  return answer_honestly(dialogue, last->text, input, model);
}

}  // namespace earshot::worker
