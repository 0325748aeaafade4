// Who speaks over a reply, or while it is being thought, and what becomes of the reply.
//
// At the first speech the reply is held up: one that plays stops at once in the gateway, which keeps what is
// queued; one that has not begun stays here. The recogniser then tells whether it was an interruption. A cough
// has no words, and the reply goes on where it stopped.
#include <utility>

#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"

namespace earshot::worker {

namespace {

// A reply that is nearly over asks for an answer: "yes" then is one.
constexpr Milliseconds kNearlyOver{1000};

}  // namespace

void Conversation::on_barge_in(UtteranceId id) {
  user_speaks_ = true;
  last_life_ = now();
  if (mode_ == ListenMode::kManual || ending_) return;
  barged_in_ = id;
  if (!turn_ && !speaking_) return;
  begin_interruption(id);
}

void Conversation::begin_interruption(UtteranceId id) {
  const bool held_up = std::exchange(interruption_, id).has_value();
  if (!config_.interruption.resume && speaking_) return be_interrupted();
  if (held_up || !speaking_) return;
  send(downlink::speech_pause(*speaking_));
  voice_->pauses(now());
  ear_->reply_ended(true, now());
}

bool Conversation::ends_reply(const std::string& words) const {
  const bool goes_on = turn_ || voice_->unplayed(now()) > kNearlyOver;
  return is_interruption(words, goes_on, config_.interruption);
}

void Conversation::be_interrupted() {
  count(ConversationEvent::kBargeIn);
  cancel_turn(true, TurnEnd::kBargedIn);
}

void Conversation::go_on_speaking() {
  if (!interruption_) return;
  interruption_.reset();
  count(ConversationEvent::kBargeInWithoutWords);
  if (speaking_) {
    send(downlink::speech_resume(*speaking_));
    voice_->resumes(now());
    ear_->reply_begins(now());
  }
  let_out_held();
}

void Conversation::let_out_held() {
  HeldOutput held = std::exchange(held_, {});
  for (ipc::Envelope& envelope : held.take_envelopes()) release(std::move(envelope));
  if (auto outcome = held.take_outcome()) on_turn_done(turn_->id(), std::move(*outcome));
}

}  // namespace earshot::worker
