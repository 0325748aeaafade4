// What the user says, spoken or typed: its pauses, its end, its words, and whether they are answered.
#include <utility>

#include "common/json/json.h"
#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"
#include "worker/spoken_text/transcript_words.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxUserTextBytes = 1024;  // small devices crash on very long texts (peers 2.1, no. 25)
constexpr const char* kUnintelligible = "...";   // shown for what the user said when nobody knows what it was

}  // namespace

void Conversation::on_detect(const std::string& text) {
  const bool unknown_wake_word = !floor_.hears() && wake_call_.audio_before();
  if (persona_.is_wake_word(text) || unknown_wake_word) {
    if (config_.greet_on_wake_word) wake_call_.keep_word(json::clean_text(text, kMaxUserTextBytes));
    return;
  }
  if (text.size() > kMaxUserTextBytes) count(ConversationEvent::kTextTooLong);
  const std::string words = json::clean_text(text, kMaxUserTextBytes);
  if (words.empty()) return;
  answer(words, words, true, TurnSource::kText);
}

// The user may have finished: begin the turn on what was understood, out of everybody's sight.
void Conversation::on_pause(UtteranceId id, const std::string& words) {
  if (floor_.parting()) return;
  const std::string text = json::clean_text(words, kMaxUserTextBytes);
  if (floor_.held_up_by(id) && ends_reply(text)) be_interrupted();
  if (config_.call && (!config_.call->answers || respond_due_)) return;
  if (floor_.has_reply() || services_.brain.remembers()) return;
  if (speculation_ && speculation_->answers(id, text)) return;
  drop_speculation();
  if (!has_spoken_words(text, Milliseconds{0}) || persona_.is_exit(text)) return;
  count(ConversationEvent::kSpeculation);
  tracer_.forget_hearing();  // of utterances that nobody answered
  const auto turn = make_turn(TurnSource::kSpeech);
  tracer_.speculated(turn->id(), now());
  speculation_.emplace(id, text, turn);
  turn->speculate(request_for(text, true), now());
}

void Conversation::on_utterance_end(UtteranceId id, UtteranceEnd end) {
  if (floor_.parting()) return;
  tracer_.forget_hearing();
  if (end.cut) {
    count(ConversationEvent::kSpeechTooLong);
    // Who holds the key sees and hears (the alert's sound) that no more is taken; in the other modes the answer
    // that begins says so.
    if (floor_.key_held())
      send(downlink::alert(alert_title(persona_.language()), speech_limit_text(persona_.language()),
                           "neutral"));
  }
  const bool spoken = end.why == Endpoint::kSpeechEnded;
  tell_user_speech(spoken ? ipc::UserSpeech::kStopped : ipc::UserSpeech::kNothing, id);
  if (!spoken) uplink_.settle();
  if (!spoken && speculation_ && speculation_->utterance() == id) drop_speculation();
  switch (floor_.utterance_ended(id, spoken, now())) {
    case Floor::AtEnd::kDecide:
    case Floor::AtEnd::kWait:
      return;
    case Floor::AtEnd::kGoOn:
      return go_on_speaking();
    case Floor::AtEnd::kHeardNothing:
      return apologise(Apology::kHeardNothing);
  }
}

void Conversation::on_transcript(UtteranceId id, Result<Transcript> transcript) {
  if (floor_.parting()) return;
  const bool words = transcript && transcript->understood &&
                     has_spoken_words(transcript->text, speech_heard_) && ends_reply(transcript->text);
  switch (floor_.transcript(id, words)) {
    case Floor::AtTranscript::kKeep:
      kept_transcript_.emplace(id, std::move(transcript));
      return;
    case Floor::AtTranscript::kIgnore:
      if (keep_call_words(id, transcript)) return;
      settle_utterance();
      return count(ConversationEvent::kIgnoredSpeech);
    case Floor::AtTranscript::kGoOn:
      settle_utterance();
      return go_on_speaking();
    case Floor::AtTranscript::kForget:
      return settle_utterance();
    case Floor::AtTranscript::kEndReply:
      be_interrupted();
      return take_words(id, transcript);
    case Floor::AtTranscript::kAnswer:
      return take_words(id, transcript);
  }
}

void Conversation::take_words(UtteranceId id, const Result<Transcript>& transcript) {
  if (keep_call_words(id, transcript)) return;
  if (!transcript) {
    count(ConversationEvent::kAsrFailed);
    return apologise(Apology::kNotHeard);
  }
  if (!transcript->understood) return on_not_understood();
  const std::string text = json::clean_text(transcript->text, kMaxUserTextBytes);
  if (!has_spoken_words(text, speech_heard_)) {
    count(ConversationEvent::kEmptyTranscript);
    return floor_.mode() == ListenMode::kManual ? apologise(Apology::kHeardNothing) : listen_on();
  }
  floor_.understood();
  if (!confirm_speculation(id, text)) answer(text, text, true, TurnSource::kSpeech);
}

void Conversation::on_not_understood() {
  count(ConversationEvent::kNotUnderstood);
  if (!floor_.may_nag()) {
    count(ConversationEvent::kIgnoredSpeech);
    return listen_on();
  }
  answer(kUnintelligible, "", false, TurnSource::kSpeech);
}

// Who speaks is not idle, which the gateway can not hear.
void Conversation::tell_user_speaks() {
  constexpr Milliseconds kInterval{1000};
  if (now() - told_user_speaks_ < kInterval) return;
  told_user_speaks_ = now();
  send(downlink::user_speaks());
}

// The device is still in Listening and will not say so again.
void Conversation::listen_on() {
  settle_utterance();
  if (floor_.listen_on()) ear_->listen_again(now());
}

void Conversation::apologise(Apology apology) {
  if (floor_.parting()) return;
  if (config_.call) return forget_call_speech();
  cancel_turn(true, TurnEnd::kReplaced);
  send(downlink::stt(kUnintelligible));
  user_words_.reset();
  say({.text = apology_text(apology, persona_.language()), .emotion = "sad", .apology = true},
      TurnSource::kServer);
}

}  // namespace earshot::worker
