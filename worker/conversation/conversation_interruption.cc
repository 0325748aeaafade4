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
  if (config_.call && !begin_call_speech(id)) return;
  uplink_.speech_began();
  switch (floor_.user_speaks(id, now())) {
    case Floor::AtSpeech::kNothing:
      if (config_.call && floor_.held_up()) be_interrupted();
      return;
    case Floor::AtSpeech::kEndReply:
      return be_interrupted();
    case Floor::AtSpeech::kPause:
      send(downlink::speech_pause(*floor_.speaking()));
      voice_->pauses(now());
      ear_->reply_ended(true, now());
      return;
  }
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
  count(ConversationEvent::kBargeInWithoutWords);
  if (floor_.go_on()) resume_playout();
  let_out_held();
}

void Conversation::resume_playout() {
  send(downlink::speech_resume(*floor_.speaking()));
  voice_->resumes(now());
  ear_->reply_begins(now());
}

void Conversation::let_out_held() {
  HeldOutput held = std::exchange(held_, {});
  for (ipc::Envelope& envelope : held.take_envelopes()) release(std::move(envelope));
  if (auto outcome = held.take_outcome()) on_turn_done(turn_->id(), std::move(*outcome));
}

}  // namespace earshot::worker
