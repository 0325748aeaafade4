#include "worker/conversation/downlink_messages.h"

#include <utility>

namespace earshot::worker::downlink {

ipc::Envelope stt(const std::string& text) {
  ipc::Envelope envelope;
  envelope.mutable_stt()->set_text(text);
  return envelope;
}

ipc::Envelope emotion(const std::string& name) {
  ipc::Envelope envelope;
  envelope.mutable_emotion()->set_name(name);
  return envelope;
}

ipc::Envelope speech_start(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_start()->set_turn(number(turn));
  return envelope;
}

ipc::Envelope sentence_start(TurnId turn, std::uint32_t sentence, const std::string& text) {
  ipc::Envelope envelope;
  ipc::SentenceStart& start = *envelope.mutable_sentence_start();
  start.set_turn(number(turn));
  start.set_sentence(sentence);
  start.set_text(text);
  return envelope;
}

ipc::Envelope audio(TurnId turn, std::uint32_t sentence, const Bytes& opus) {
  ipc::Envelope envelope;
  ipc::AudioDown& audio = *envelope.mutable_audio_down();
  audio.set_turn(number(turn));
  audio.set_sentence(sentence);
  audio.set_opus(opus.data(), opus.size());
  return envelope;
}

ipc::Envelope sentence_end(TurnId turn, std::uint32_t sentence) {
  ipc::Envelope envelope;
  envelope.mutable_sentence_end()->set_turn(number(turn));
  envelope.mutable_sentence_end()->set_sentence(sentence);
  return envelope;
}

ipc::Envelope uplink_heard(std::uint64_t uplink) {
  ipc::Envelope envelope;
  envelope.mutable_uplink_heard()->set_uplink(uplink);
  return envelope;
}

ipc::Envelope speech_end(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_end()->set_turn(number(turn));
  return envelope;
}

ipc::Envelope speech_flush(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_flush()->set_turn(number(turn));
  return envelope;
}

ipc::Envelope speech_pause(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_pause()->set_turn(number(turn));
  return envelope;
}

ipc::Envelope speech_resume(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_resume()->set_turn(number(turn));
  return envelope;
}

ipc::Envelope mcp(const std::string& payload) {
  ipc::Envelope envelope;
  envelope.mutable_mcp_down()->set_payload(payload);
  return envelope;
}

ipc::Envelope alert(const std::string& title, const std::string& message, const std::string& emotion) {
  ipc::Envelope envelope;
  ipc::Alert& alert = *envelope.mutable_alert();
  alert.set_status(title);
  alert.set_message(message);
  alert.set_emotion(emotion);
  return envelope;
}

ipc::Envelope say_spoken(const std::string& id, ipc::SaySpoken::Outcome outcome, const std::string& why) {
  ipc::Envelope envelope;
  ipc::SaySpoken& spoken = *envelope.mutable_say_spoken();
  spoken.set_id(id);
  spoken.set_outcome(outcome);
  spoken.set_reason(why);
  return envelope;
}

ipc::Envelope user_speaks() {
  ipc::Envelope envelope;
  envelope.mutable_user_speaks();
  return envelope;
}

ipc::Envelope user_speech(ipc::UserSpeech::Event event, std::uint32_t utterance, const std::string& words) {
  ipc::Envelope envelope;
  ipc::UserSpeech& speech = *envelope.mutable_user_speech();
  speech.set_event(event);
  speech.set_utterance(utterance);
  speech.set_text(words);
  return envelope;
}

ipc::Envelope turn_began(TurnId turn, std::uint32_t tag) {
  ipc::Envelope envelope;
  envelope.mutable_turn_began()->set_turn(number(turn));
  envelope.mutable_turn_began()->set_tag(tag);
  return envelope;
}

ipc::Envelope turn_over(TurnId turn, ipc::TurnOver::How how, const LlmUsage& usage) {
  ipc::Envelope envelope;
  ipc::TurnOver& over = *envelope.mutable_turn_over();
  over.set_turn(number(turn));
  over.set_how(how);
  over.set_prompt_tokens(usage.prompt_tokens);
  over.set_completion_tokens(usage.completion_tokens);
  return envelope;
}

ipc::Envelope notebook(Notebook& notebook, SteadyTime now) {
  ipc::Envelope envelope;
  ipc::Notebook& told = *envelope.mutable_notebook();
  for (const Notebook::Reminder& one : notebook.reminders(now)) {
    ipc::Notebook::Reminder& reminder = *told.add_reminders();
    reminder.set_id(one.id);
    reminder.set_due_in_ms(
        static_cast<std::uint64_t>(std::chrono::duration_cast<Milliseconds>(one.due - now).count()));
    reminder.set_what(one.what);
    reminder.set_say(one.say);
    reminder.set_timer(one.timer);
  }
  for (const Notebook::List& one : notebook.lists()) {
    ipc::Notebook::List& list = *told.add_lists();
    list.set_name(one.name);
    for (const std::string& item : one.items) list.add_items(item);
  }
  return envelope;
}

ipc::Envelope memory(ipc::MemoryUp up) {
  ipc::Envelope envelope;
  *envelope.mutable_memory_up() = std::move(up);
  return envelope;
}

ipc::Envelope turn_report(ipc::TurnReport report) {
  ipc::Envelope envelope;
  *envelope.mutable_turn_report() = std::move(report);
  return envelope;
}

ipc::Envelope session_end_after_playout(const std::string& reason, bool farewell) {
  ipc::Envelope envelope;
  envelope.mutable_session_end()->set_reason(reason);
  envelope.mutable_session_end()->set_after_playout(true);
  envelope.mutable_session_end()->set_farewell(farewell);
  return envelope;
}

}  // namespace earshot::worker::downlink
