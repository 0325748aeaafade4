// How a conversation's turns begin, are let out, interrupted and ended.
#include <utility>

#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"

namespace earshot::worker {

std::shared_ptr<Turn> Conversation::make_turn(TurnSource source) {
  last_turn_ = next(last_turn_);
  return make_turn(last_turn_, source);
}

std::shared_ptr<Turn> Conversation::make_turn(TurnId id, TurnSource source) {
  tracer_.begin(id, source);
  TurnHandlers handlers;
  // A turn calls nothing after its cancel(), which close() calls, so `this` is safe.
  handlers.on_emotion = [this, id](const std::string& emotion) { emit(id, downlink::emotion(emotion)); };
  handlers.emotions = config_.agent.character.emotions;
  handlers.on_speech_start = [this, id] { emit(id, downlink::speech_start(id)); };
  handlers.on_progress = [this] { checkpoint_due_ = true; };
  handlers.on_done = [this, id](TurnOutcome outcome) { on_turn_done(id, std::move(outcome)); };
  if (memory_.asks()) handlers.remembered = [this](SteadyTime at) { return remembered(at); };
  return std::make_shared<Turn>(id, config_.turn, services_.brain, tools_, *voice_, tracer_,
                                services_.executor, std::move(handlers));
}

void Conversation::begin_turn(std::shared_ptr<Turn> turn, TurnSource source, std::string user_text) {
  count(ConversationEvent::kTurn);
  turn_ = std::move(turn);
  if (config_.call) send(downlink::turn_began(turn_->id(), std::exchange(respond_tag_, 0)));
  source_ = source;
  understood_ = true;
  settle_utterance();
  journal_.begin(turn_->id(), source, std::move(user_text), services_.clock.wall());
  if (floor_.turn_began(turn_->id())) mute();
}

LlmRequest Conversation::request_for(const std::optional<std::string>& text, bool understood) {
  user_words_ = understood ? text : std::nullopt;
  understood_ = understood;
  recall(user_words_.value_or(std::string()));
  return {.dialogue = history_.messages(persona_.prompt(tools_.local_time()), text),
          .tools = {},
          .language = persona_.language(),
          .understood = understood,
          .session = session_id_,
          .device = device_id_,
          .wish = config_.call ? config_.call->wish : LlmWish{}};
}

void Conversation::answer(const std::string& shown, const std::string& text, bool understood,
                          TurnSource source) {
  if (understood && persona_.is_exit(text)) return say_goodbye(shown, source);
  cancel_turn(true, TurnEnd::kReplaced);
  send(downlink::stt(shown));
  begin_turn(make_turn(source), source, understood ? text : "");
  const auto turn = turn_;
  turn->answer(request_for(text, understood), now());
}

void Conversation::mute() {
  wake_call_.forget_audio();
  ear_->mute(now());
}

// RETURNS: false: there is none, or the user said something else.
bool Conversation::confirm_speculation(UtteranceId id, const std::string& text) {
  if (!speculation_ || !speculation_->answers(id, text)) return false;
  count(ConversationEvent::kSpeculationUsed);
  const auto turn = speculation_->turn();
  HeldOutput held = std::move(speculation_->held());
  speculation_.reset();
  user_words_ = text;
  tracer_.add_hearing(turn->id());
  tracer_.mark(turn->id(), TurnMark::kConfirmed);
  send(downlink::stt(text));
  begin_turn(turn, TurnSource::kSpeech, text);
  const bool is_over = held.outcome().has_value();
  held_ = std::move(held);
  if (!floor_.held_up()) let_out_held();
  if (!is_over) turn->confirm(now());
  return true;
}

void Conversation::drop_speculation() {
  if (!speculation_) return;
  count(ConversationEvent::kSpeculationDropped);
  const auto turn = speculation_->turn();
  speculation_.reset();
  turn->cancel();
  tracer_.end(turn->id(), TurnEnd::kDiscarded);
}

void Conversation::emit(TurnId turn, ipc::Envelope envelope) {
  if (is_speculative(turn)) {
    if (!speculation_->held().hold(std::move(envelope))) drop_speculation();
    return;
  }
  if (!floor_.keeps_output()) return release(std::move(envelope));
  if (!held_.hold(std::move(envelope))) be_interrupted();
}

void Conversation::release(ipc::Envelope envelope) {
  journal_.leaves(envelope);
  if (envelope.has_audio_down()) {
    const ipc::AudioDown& audio = envelope.audio_down();
    tracer_.audio_down(TurnId{audio.turn()}, audio.opus().size());
    const ByteView opus = as_bytes(audio.opus());
    if (device_leaves_echo_) ear_->reply_audio(TurnId{audio.turn()}, Bytes(opus.begin(), opus.end()), now());
    return sink_.send_audio(std::move(envelope));
  }
  if (envelope.has_speech_start()) {
    if (floor_.speech_started()) mute();
    ear_->reply_begins(now());
    sentence_heard_ = 0;
    // Whoever goes on with a reply that has begun must know what it answers: else it would hear the user again.
    checkpoint_due_ = true;
    save();
  }
  send(std::move(envelope));
}

// What stays of the reply that goes on if it ends here.
void Conversation::remember_heard(DialogueHistory& history) const {
  const auto speaking = floor_.speaking();
  if (!turn_) {
    if (speaking) history.cut(*speaking, sentence_heard_);
    return;
  }
  if (!user_words_) return;
  const auto& held = held_.outcome();
  history.add_interrupted(turn_->id(), *user_words_, held ? held->reply : turn_->reply(),
                          speaking ? sentence_heard_ : 0);
}

// RETURNS with no turn: what was heard of it is remembered, and what the user has said.
void Conversation::cancel_turn(bool flush, TurnEnd how) {
  drop_speculation();
  checkpoint_due_ = true;
  remember_heard(history_);
  const auto speaking = floor_.end_reply();
  held_ = {};
  if (flush && speaking) send(downlink::speech_flush(*speaking));
  if (speaking) tracer_.end(*speaking, how);
  const std::uint32_t heard = speaking ? sentence_heard_ : 0;
  if (const auto turn = std::exchange(turn_, nullptr)) {
    turn->cancel();
    tracer_.end(turn->id(), how);
    tell_turn_over(*turn, ipc::TurnOver::kCancelled);
  }
  if (auto late = std::exchange(telling_late_, std::nullopt); late && heard == 0)
    tools_.return_late_result(std::move(*late));
  if (speaking) ear_->reply_ended(true, now());
}

void Conversation::on_turn_done(TurnId id, TurnOutcome outcome) {
  if (is_speculative(id)) {
    if (outcome.apologised) return drop_speculation();  // asked again when the user has finished
    return speculation_->held().hold(std::move(outcome));
  }
  if (floor_.keeps_output()) return held_.hold(std::move(outcome));
  const auto turn = std::exchange(turn_, nullptr);
  answered_ = turn->id();
  checkpoint_due_ = true;
  if (outcome.apologised) count(ConversationEvent::kTurnFailed);
  tracer_.settle(turn->id(), outcome.apologised);
  if (!floor_.speaking()) {  // nothing of it plays
    tracer_.end_as_settled(turn->id());
    telling_late_.reset();
  }
  if (user_words_) history_.add(turn->id(), *user_words_, std::move(outcome.reply));
  const Floor::AtTurnDone next = floor_.turn_done(outcome.end_session);
  if (next.speech_end) send(downlink::speech_end(turn->id()));
  tell_turn_over(*turn, outcome.apologised ? ipc::TurnOver::kFailed : ipc::TurnOver::kDone);
  if (next.listen_again) ear_->listen_again(now());
  if (!floor_.parting()) return;
  if (next.resume) resume_playout();
  refuse_says("the session is ending");
  ear_->mute(now());
  const bool farewell = source_ != TurnSource::kServer;
  send(downlink::session_end_after_playout(farewell ? "the user said goodbye" : "nobody spoke", farewell));
}

void Conversation::on_voice_done(TurnId, const Status& status) {
  const auto turn = working_turn();
  if (!turn) return;
  if (!status && is_speculative(turn->id())) return drop_speculation();
  if (!status) {
    count(ConversationEvent::kVoiceFailed);
    tracer_.fail(turn->id(), TurnStage::kTts, status.error().code);
    send(downlink::alert(alert_title(persona_.language()),
                         apology_text(Apology::kNoVoice, persona_.language()), "sad"));
  }
  turn->on_voice_done();
}

}  // namespace earshot::worker
