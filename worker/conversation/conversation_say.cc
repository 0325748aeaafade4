// What the gateway wants said, what it keeps of the device, and what it is told of a conversation's turns.
//
// A say waits until nobody speaks and nobody waits for an answer, is spoken as a turn of the server, may be
// interrupted as any other, and stays in the dialogue as far as it was heard. One that was cut before its
// first sentence (a device that has just said hello begins to listen) is spoken once more.
#include <algorithm>
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
  PendingSay pending{.id = say.id(), .text = json::clean_text(say.text(), PendingSays::kMaxTextBytes)};
  if (says_.has(pending.id)) return;  // the worker before was asked already
  if (floor_.parting()) return refuse("the session is ending");
  if (pending.text.empty()) return refuse("there is nothing to say");
  if (!says_.add(std::move(pending))) return refuse("too many wait to be said");
}

// What the device's notebook held at the end of its last session. It comes right behind SessionOpened, so
// before anybody can have said a word; later only when it is forgotten.
void Conversation::on_notebook(const ipc::Notebook& notebook) {
  std::vector<Notebook::Reminder> reminders;
  for (const ipc::Notebook::Reminder& one : notebook.reminders()) {
    if (reminders.size() == Notebook::kMaxReminders) break;
    const Milliseconds left(std::min<std::uint64_t>(one.due_in_ms(), Notebook::kLongest.count()));
    reminders.push_back({.id = one.id(),
                         .due = now() + left,
                         .what = json::clean_text(one.what(), Notebook::kMaxWhatBytes),
                         .say = json::clean_text(one.say(), Notebook::kMaxSayBytes),
                         .timer = one.timer()});
  }
  std::vector<Notebook::List> lists;
  for (const ipc::Notebook::List& one : notebook.lists()) {
    if (lists.size() == Notebook::kMaxLists) break;
    Notebook::List& list = lists.emplace_back();
    list.name = json::clean_text(one.name(), Notebook::kMaxNameBytes);
    for (const std::string& item : one.items()) {
      if (list.items.size() == Notebook::kMaxItems) break;
      list.items.push_back(json::clean_text(item, Notebook::kMaxItemBytes));
    }
  }
  tools_.notebook().restore(std::move(reminders), std::move(lists));
}

void Conversation::speak_next() {
  count(ConversationEvent::kSay);
  std::string text = says_.begin(next(last_turn_)).text;
  cancel_turn(true, TurnEnd::kReplaced);
  user_words_.emplace();  // remembered as our own words
  say({.text = std::move(text), .emotion = "neutral", .in_sentences = true}, TurnSource::kServer);
}

void Conversation::refuse_says(const std::string& why) {
  for (const PendingSay& say : says_.take_all()) {
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
  remember(record);
  auto say = says_.end(TurnId{record.trace.turn});
  if (!say) return;
  const bool anything = !record.reply_text.empty();
  if (end == TurnEnd::kAnswered && record.heard_whole)
    return tell_spoken(say->id, ipc::SaySpoken::kHeard, {});
  if (end == TurnEnd::kUnvoiced) return tell_spoken(say->id, ipc::SaySpoken::kFailed, "the voice failed");
  if (!anything && open_ && !floor_.parting() && says_.put_back(*say)) return;
  const std::string why = end == TurnEnd::kClosed ? "the session has ended" : "it was interrupted";
  tell_spoken(say->id, anything ? ipc::SaySpoken::kPartly : ipc::SaySpoken::kFailed, why);
}

}  // namespace earshot::worker
