// What a Conversation remembers of earlier ones: asked for as soon as there are words, told of when a turn has ended.
#include <ctime>

#include "worker/conversation/conversation.h"

namespace earshot::worker {

std::int32_t local_offset(std::int64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  ::localtime_r(&time, &local);
  return static_cast<std::int32_t>(local.tm_gmtoff);
}

void Conversation::on_memory(const ipc::MemoryDown& known) {
  if (memory_.take(known)) forget_turns();
  if (const auto turn = working_turn()) turn->on_remembered(now());
}

// With the words of a pause already: by the time the user has finished it is known.
void Conversation::recall(const std::string& words) {
  learner_.pause(now());
  memory_.ask(words, wall_ms(), now());
}

std::optional<std::string> Conversation::remembered(SteadyTime at) const {
  if (!memory_.settled(at)) return std::nullopt;
  return memory_.text(wall_ms());
}

// Those that have begun: who asks to be forgotten means what was said before, though its turn is not over yet.
void Conversation::forget_turns() {
  learner_.forget();
  forgotten_until_ = last_turn_;
}

// What was not understood, and what nobody said, is no turn to remember.
void Conversation::remember(const TurnRecord& record) {
  if (record.user_text.empty()) return;
  if (!memory_.on())
    return memory_.keep(0, record.user_text, record.reply_text);  // the next question is a new one
  if (memory_.take_forgotten()) forget_turns();
  if (TurnId{record.trace.turn} <= forgotten_until_) return;
  const auto at = std::chrono::duration_cast<Milliseconds>(record.started.time_since_epoch()).count();
  memory_.keep(at, record.user_text, record.reply_text);
  learner_.heard({.words = record.user_text, .reply = record.reply_text}, now());
}

std::int64_t Conversation::wall_ms() const {
  return std::chrono::duration_cast<Milliseconds>(services_.clock.wall().time_since_epoch()).count();
}

}  // namespace earshot::worker
