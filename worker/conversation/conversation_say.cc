// What the gateway wants said, and what it is told of a conversation's turns.
//
// A say waits until nobody speaks and nobody waits for an answer, is spoken as a turn of the server, may be
// interrupted as any other, and stays in the dialogue as far as it was heard. One that was cut before its
// first sentence (a device that has just said hello begins to listen) is spoken once more.
#include <utility>

#include "common/json/json.h"
#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"
#include "worker/trace/turn_report.h"

namespace earshot::worker {

void Conversation::on_say(const ipc::Say& say) {
  const auto refuse = [&](const std::string& why) {
    count(ConversationEvent::kSayRefused);
    tell_spoken(say.id(), ipc::SaySpoken::kFailed, why);
  };
  PendingSay pending{.id = say.id(), .text = json::clean_text(say.text(), kMaxSayBytes)};
  if (floor_.parting()) return refuse("the session is ending");
  if (pending.text.empty()) return refuse("there is nothing to say");
  if (says_.size() >= kMaxSays) return refuse("too many wait to be said");
  says_.push_back(std::move(pending));
}

void Conversation::speak_next() {
  count(ConversationEvent::kSay);
  PendingSay next = std::move(says_.front());
  says_.pop_front();
  cancel_turn(true, TurnEnd::kReplaced);
  user_words_.emplace();  // remembered as our own words
  std::string text = next.text;
  spoken_says_.emplace(earshot::next(last_turn_), std::move(next));
  say({.text = std::move(text), .emotion = "neutral", .in_sentences = true}, TurnSource::kServer);
}

void Conversation::refuse_says(const std::string& why) {
  for (const PendingSay& say : std::exchange(says_, {})) {
    count(ConversationEvent::kSayRefused);
    tell_spoken(say.id, ipc::SaySpoken::kFailed, why);
  }
}

void Conversation::tell_spoken(const std::string& id, ipc::SaySpoken::Outcome outcome,
                               const std::string& why) {
  send(downlink::say_spoken(id, outcome, why));
}

void Conversation::on_record(TurnRecord record) {
  const TurnEnd end = record.trace.end;
  send(downlink::turn_report(
      turn_report(record, {.session = session_id_, .agent = config_.agent.name, .text = report_text_})));
  auto said = spoken_says_.extract(TurnId{record.trace.turn});
  if (said.empty()) return;
  PendingSay& say = said.mapped();
  const bool anything = !record.reply_text.empty();
  if (end == TurnEnd::kAnswered && record.heard_whole) return tell_spoken(say.id, ipc::SaySpoken::kHeard, {});
  if (end == TurnEnd::kUnvoiced) return tell_spoken(say.id, ipc::SaySpoken::kFailed, "the voice failed");
  if (!anything && open_ && !floor_.parting() && !std::exchange(say.again, true)) {
    says_.push_front(std::move(say));
    return;
  }
  const std::string why = end == TurnEnd::kClosed ? "the session has ended" : "it was interrupted";
  tell_spoken(say.id, anything ? ipc::SaySpoken::kPartly : ipc::SaySpoken::kFailed, why);
}

}  // namespace earshot::worker
