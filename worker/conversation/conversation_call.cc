// A call: who calls is no device, says himself when he is answered, and is told what is heard of his user.
#include <algorithm>
#include <utility>

#include "common/json/json.h"
#include "worker/conversation/call_terms.h"
#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"
#include "worker/spoken_text/transcript_words.h"

namespace earshot::worker {

namespace {

constexpr std::uint32_t kUtterancesAListening = 4096;

std::uint32_t number_of(UtteranceId id) {
  return id.listening * kUtterancesAListening + id.number % kUtterancesAListening;
}

}  // namespace

void Conversation::tell_user_speech(ipc::UserSpeech::Event event, UtteranceId id, const std::string& words) {
  if (config_.call) send(downlink::user_speech(event, number_of(id), words));
}

// The reply ends at once: callers stop what they play when they hear of speech.
// RETURNS: false: nobody may interrupt.
bool Conversation::begin_call_speech(UtteranceId id) {
  tell_user_speech(ipc::UserSpeech::kStarted, id);
  return config_.call->interruptible || !floor_.has_reply();
}

// RETURNS: false: the words are to be answered as usual.
bool Conversation::keep_call_words(UtteranceId id, const Result<Transcript>& transcript) {
  if (!config_.call) return false;
  const std::string words =
      transcript && transcript->understood ? json::clean_text(transcript->text, kMaxCallTextBytes) : "";
  const bool spoken = has_spoken_words(words, speech_heard_);
  if (!transcript) {
    count(ConversationEvent::kAsrFailed);
    tell_user_speech(ipc::UserSpeech::kFailed, id);
  } else {
    tell_user_speech(spoken ? ipc::UserSpeech::kWords : ipc::UserSpeech::kNothing, id, words);
  }
  awaits_words_ = false;
  const bool answers = config_.call->answers && !respond_due_ && !floor_.has_reply();
  if (spoken && answers) return false;
  if (spoken) remember_words(words);
  listen_on();
  respond_if_due();
  return true;
}

// Of a turn that nobody has answered.
void Conversation::remember_words(const std::string& words) {
  last_turn_ = next(last_turn_);
  history_.add(last_turn_, words, {});
}

// The end of an utterance of which no words come.
void Conversation::forget_call_speech() {
  awaits_words_ = false;
  listen_on();
  respond_if_due();
}

void Conversation::on_call_dialogue(const ipc::CallDialogue& said) {
  if (!config_.call) return count(ConversationEvent::kUnexpected);
  std::vector<DialogueTurn> turns = said.replaces() ? std::vector<DialogueTurn>{} : history_.said();
  for (DialogueTurn& turn : call_turns(said.lines())) turns.push_back(std::move(turn));
  history_ = DialogueHistory(config_.turn.dialogue_tokens, std::move(turns));
}

// What the user has said is answered too, so its words are waited for.
void Conversation::on_respond(const ipc::Respond& wanted) {
  if (!config_.call || wanted.tag() == 0) return count(ConversationEvent::kUnexpected);
  if (floor_.parting()) return;
  floor_.lives(now());
  respond_due_ = wanted;
  respond_by_ = now() + config_.asr_patience;
  if (wanted.aside() || !(awaits_words_ || floor_.deciding())) respond_if_due();
}

void Conversation::respond_if_due() {
  const auto wanted = std::exchange(respond_due_, std::nullopt);
  if (!wanted) return;
  cancel_turn(true, TurnEnd::kReplaced);
  respond_tag_ = wanted->tag();
  begin_turn(make_turn(TurnSource::kText), TurnSource::kText, "");
  const std::string prompt = wanted->has_instructions()
                                 ? json::clean_text(wanted->instructions(), kMaxCallTextBytes)
                                 : persona_.prompt(tools_.local_time());
  const bool own_input = wanted->aside() && wanted->input_size() > 0;
  const DialogueHistory input(config_.turn.dialogue_tokens,
                              own_input ? call_turns(wanted->input()) : std::vector<DialogueTurn>{});
  LlmRequest request{.dialogue = (own_input ? input : history_).messages(prompt, std::nullopt),
                     .tools = {},
                     .language = persona_.language(),
                     .understood = true,
                     .session = session_id_,
                     .device = device_id_,
                     .wish = wanted->has_wish() ? wish_of(wanted->wish()) : config_.call->wish};
  // A brain answers somebody: who lets it speak first has greeted it.
  if (std::ranges::find(request.dialogue, Message::Role::kUser, &Message::role) == request.dialogue.end()) {
    request.dialogue.push_back({.role = Message::Role::kUser,
                                .text = persona_.greeting_words(),
                                .tool_calls = {},
                                .tool_call_id = {},
                                .is_error = false});
  }
  user_words_ = wanted->aside() ? std::nullopt : std::optional(std::string());
  voice_->speak_aloud(!wanted->silent());
  const auto turn = turn_;
  turn->answer(std::move(request), now());
  voice_->speak_aloud(!config_.call->silent);
}

// Nothing of a call has to be moved: its caller tells the next worker what was said.
void Conversation::leave_call() {
  if (!leaving_ || !config_.call) return;
  const bool goes_on = busy() || turn_ || respond_due_ || awaits_words_;
  if (goes_on || floor_.key_held() || ear_->in_utterance()) return;
  leaving_ = false;
  ipc::Envelope end;
  end.mutable_session_end()->set_reason("the worker leaves");
  send(std::move(end));
}

void Conversation::tell_turn_over(const Turn& turn, ipc::TurnOver::How how) {
  if (config_.call) send(downlink::turn_over(turn.id(), how, turn.usage()));
}

}  // namespace earshot::worker
