#include "gateway/doors/realtime/realtime_call.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"

namespace earshot::gateway {

namespace {

// A worker hears of speech when so much of it was heard (its onset, and what is on the way).
constexpr std::uint64_t kOnsetMs = 200;
constexpr std::size_t kMaxAwaited = 32;

RealtimeError server_error(std::string_view code, std::string_view message) {
  return {.code = std::string(code), .message = std::string(message), .param = {}, .type = "server_error"};
}

}  // namespace

RealtimeCall::RealtimeCall(CallPort& port, CallHost& host, const RealtimeTerms& terms, SteadyTime now)
    : port_(port),
      events_([this](std::string_view json) { port_.send_text(json); }, terms.dialect, terms.seed),
      caller_(terms.caller),
      session_id_(events_.make_id("sess_")),
      conversation_id_(events_.make_id("conv_")),
      expires_at_s_(terms.expires_at_s),
      worker_(host, now) {
  settings_.model = terms.model;
  settings_.transcribes_only = terms.transcribes_only;
  // It was judged when the key was made.
  (void)apply_update(terms.session, settings_);
}

void RealtimeCall::begin() {
  events_.send("session.created",
               {{"session", settings_json(settings_, events_.dialect(), session_id_, expires_at_s_)}});
  if (events_.beta()) {
    events_.send(
        "conversation.created",
        {{"conversation", json::object{{"id", conversation_id_}, {"object", "realtime.conversation"}}}});
  }
}

void RealtimeCall::expire() {
  events_.send_error(
      {.code = "session_expired", .message = "Your session has reached its longest duration."});
}

void RealtimeCall::leave(std::string_view reason) {
  worker_.end(reason);
}

void RealtimeCall::placed(SteadyTime now) {
  worker_.placed();
  tell_dialogue();
  say_listening();
  pump(now);
}

void RealtimeCall::given_up(SteadyTime) {
  drop_worker();
  events_.send_error(server_error("no_worker", "No worker is free. Try again."));
  finish_response(RealtimeResponse::End::kFailed, {}, "no worker is free");
}

void RealtimeCall::lost(SteadyTime) {
  drop_worker();
  finish_response(RealtimeResponse::End::kFailed, {}, "the worker was lost");
}

// What it has not heard of is lost with it; what was said is told to the next one.
void RealtimeCall::drop_worker() {
  worker_.gone();
  told_terms_.clear();
  key_down_ = false;
  waiting_.reset();
  speech_.reset();
  for (const Committed& committed : std::exchange(awaiting_words_, {})) tell_lost_words(committed);
}

void RealtimeCall::tell_lost_words(const Committed& committed) {
  ipc::UserSpeech nothing;
  nothing.set_event(ipc::UserSpeech::kFailed);
  tell_transcript(committed.item, nothing, committed.ms);
}

void RealtimeCall::need_worker(SteadyTime now) {
  if (worker_.is_asked()) return;
  const auto open = session_open(settings_, session_id_, caller_);
  told_terms_ = open.SerializeAsString() + json::serialize(settings_.tools);
  worker_answers_ = open.call().answers();
  if (!worker_.begin(*this, open, now))
    events_.send_error(server_error("too_many_sessions", "Too many sessions are open."));
}

// The worker makes its conversation anew, so nothing may go on.
void RealtimeCall::update_worker_if_idle() {
  if (!worker_.is_placed() || !is_idle() || speech_ || key_down_ || !awaiting_words_.empty()) return;
  const auto open = session_open(settings_, session_id_, caller_);
  std::string terms = open.SerializeAsString() + json::serialize(settings_.tools);
  if (terms == told_terms_) return;
  told_terms_ = std::move(terms);
  worker_answers_ = open.call().answers();
  worker_.heard().stop();
  ipc::Envelope update;
  *update.mutable_call_update()->mutable_open() = open;
  worker_.say(std::move(update));
  tell_dialogue();  // of what is sent and not played yet it would know too little
  say_listening();
}

void RealtimeCall::say_listening() {
  if (!settings_.manual()) worker_.say_listen(ipc::Listen::kStart, ipc::Listen::kRealtime);
}

void RealtimeCall::tell_dialogue() {
  ipc::Envelope envelope;
  envelope.mutable_call_dialogue()->set_replaces(true);
  items_.write(*envelope.mutable_call_dialogue()->mutable_lines());
  worker_.say(std::move(envelope));
}

void RealtimeCall::ask(ipc::Envelope respond, SteadyTime now) {
  need_worker(now);
  asked_ = false;
  worker_.uplink().say(std::move(respond), settings_.input);  // behind the speech that it answers
}

void RealtimeCall::stop_turn() {
  waiting_.reset();
  worker_.abort();
  // What it was deciding on is dropped with it; what has not left is heard still.
  while (settings_.manual() && awaiting_words_.size() > worker_.uplink().stops()) {
    tell_lost_words(awaiting_words_.front());
    awaiting_words_.pop_front();
  }
}

void RealtimeCall::pump(SteadyTime now) {
  if (worker_.pump(now, worker_is_idle())) asked_ = true;
}

void RealtimeCall::tick(SteadyTime now) {
  pump(now);
}

std::optional<SteadyTime> RealtimeCall::next_deadline() const {
  return worker_.next_deadline(worker_is_idle());
}

void RealtimeCall::envelope(const ipc::Envelope& envelope, SteadyTime now) {
  switch (envelope.body_case()) {
    case ipc::Envelope::kUserSpeech:
      on_user_speech(envelope.user_speech());
      break;
    case ipc::Envelope::kTurnBegan:
      on_turn_began(envelope.turn_began());
      break;
    case ipc::Envelope::kSpeechStart:
      if (is_of_response(envelope.speech_start().turn())) worker_.heard().begin(response_->turn, now);
      break;
    case ipc::Envelope::kSentenceStart: {
      const auto& sentence = envelope.sentence_start();
      if (!is_of_response(sentence.turn())) break;
      worker_.heard().sentence(sentence.sentence());
      response_->sentence(json::clean_text(sentence.text(), RealtimeItems::kMaxTextBytes));
      break;
    }
    case ipc::Envelope::kAudioDown: {  // of a newer version: audio_record.h could not read it
      const auto& down = envelope.audio_down();
      return audio({.session = envelope.session(),
                    .turn = down.turn(),
                    .sentence = down.sentence(),
                    .live = down.live(),
                    .opus = as_bytes(down.opus())},
                   now);
    }
    case ipc::Envelope::kSpeechEnd:
      if (worker_.heard().turn() == envelope.speech_end().turn()) worker_.heard().end();
      break;
    case ipc::Envelope::kSpeechFlush:
      if (worker_.heard().turn() <= envelope.speech_flush().turn()) worker_.heard().stop();
      break;
    case ipc::Envelope::kTurnOver:
      on_turn_over(envelope.turn_over());
      break;
    case ipc::Envelope::kMcpDown:
      on_tool_question(envelope.mcp_down().payload());
      break;
    case ipc::Envelope::kSessionEnd: {
      const std::string why = json::clean_text(envelope.session_end().reason(), 200);
      leave(why);
      drop_worker();
      if (is_idle()) break;  // the next event finds another one
      events_.send_error(server_error("worker_ended", why));
      return finish_response(RealtimeResponse::End::kFailed, {}, why);
    }
    default:  // faces, alerts, and what a screen shows: there is none
      break;
  }
  pump(now);
}

void RealtimeCall::audio(const ipc::AudioDownView& audio, SteadyTime now) {
  if (audio.live || !is_of_response(audio.turn)) return;
  worker_.heard().sent(audio.opus.size() / settings_.output.bytes_a_ms(), now);
  response_->sound(audio.opus);
}

void RealtimeCall::on_user_speech(const ipc::UserSpeech& speech) {
  if (!settings_.manual() && speech.event() == ipc::UserSpeech::kStarted) return on_speech_started(speech);
  if (!settings_.manual() && speech.event() == ipc::UserSpeech::kStopped) {
    if (speech_ && speech_->utterance == speech.utterance()) on_speech_stopped();
    return;
  }
  const bool over = speech.event() == ipc::UserSpeech::kWords ||
                    speech.event() == ipc::UserSpeech::kNothing || speech.event() == ipc::UserSpeech::kFailed;
  if (over) on_words(speech);
}

void RealtimeCall::on_speech_started(const ipc::UserSpeech& speech) {
  const std::uint64_t padding = settings_.prefix_padding_ms + kOnsetMs;
  const std::uint64_t appended = worker_.uplink().appended_ms();
  speech_ = Speech{.utterance = speech.utterance(),
                   .item = events_.make_id("item_"),
                   .start_ms = appended > padding ? appended - padding : 0};
  events_.send("input_audio_buffer.speech_started",
               {{"audio_start_ms", speech_->start_ms}, {"item_id", speech_->item}});
}

void RealtimeCall::on_speech_stopped() {
  const std::uint64_t appended = worker_.uplink().appended_ms();
  const std::uint64_t heard = appended > settings_.silence_ms ? appended - settings_.silence_ms : 0;
  const std::uint64_t end = std::max(heard, committed_ms_);  // behind a commit the silence is ours
  events_.send("input_audio_buffer.speech_stopped",
               {{"audio_end_ms", std::max(end, speech_->start_ms)}, {"item_id", speech_->item}});
  awaiting_words_.push_back({.item = speech_->item,
                             .ms = std::max(end, speech_->start_ms) - speech_->start_ms,
                             .utterance = speech_->utterance});
  if (awaiting_words_.size() > kMaxAwaited) awaiting_words_.pop_front();
  add_heard_item(speech_->item);
  speech_.reset();
}

void RealtimeCall::on_words(const ipc::UserSpeech& speech) {
  if (settings_.manual()) worker_.decided();
  // 0 is the recogniser that is late with the oldest of them.
  const auto found = std::ranges::find_if(awaiting_words_, [&](const Committed& one) {
    return one.utterance == 0 || speech.utterance() == 0 || one.utterance == speech.utterance();
  });
  if (found == awaiting_words_.end()) {
    if (!speech_ || speech_->utterance != speech.utterance()) return;
    // It began, and was no speech after all.
    events_.send("input_audio_buffer.speech_stopped",
                 {{"audio_end_ms", std::max(worker_.uplink().appended_ms(), speech_->start_ms)},
                  {"item_id", speech_->item}});
    speech_.reset();
    return update_worker_if_idle();
  }
  const Committed committed = *found;
  awaiting_words_.erase(found);
  if (RealtimeItem* const item = items_.find(committed.item)) {
    item->text = json::clean_text(speech.text(), RealtimeItems::kMaxTextBytes);
    item->transcribed = speech.event() != ipc::UserSpeech::kFailed;
    items_.grew();
  }
  tell_transcript(committed.item, speech, committed.ms);
  // Who answers by itself is about to: an update would end that.
  if (speech.event() != ipc::UserSpeech::kWords || !worker_answers_) update_worker_if_idle();
}

void RealtimeCall::tell_transcript(const std::string& item, const ipc::UserSpeech& speech, std::uint64_t ms) {
  if (!settings_.transcription) return;
  const std::string prefix = "conversation.item.input_audio_transcription.";
  const auto at = [&] { return json::object{{"item_id", item}, {"content_index", 0}}; };
  if (speech.event() == ipc::UserSpeech::kFailed) {
    auto failed = at();
    failed["error"] = json::object{{"type", "server_error"},
                                   {"code", "transcription_failed"},
                                   {"message", "The speech could not be transcribed."},
                                   {"param", nullptr}};
    return events_.send(prefix + "failed", std::move(failed));
  }
  const std::string words = json::clean_text(speech.text(), RealtimeItems::kMaxTextBytes);
  if (!words.empty()) {
    auto delta = at();
    delta["delta"] = words;
    events_.send(prefix + "delta", std::move(delta));
  }
  auto completed = at();
  completed["transcript"] = words;
  completed["usage"] = json::object{{"type", "duration"}, {"seconds", static_cast<double>(ms) / 1000}};
  events_.send(prefix + "completed", std::move(completed));
}

void RealtimeCall::on_turn_began(const ipc::TurnBegan& began) {
  if (response_ && response_->turn == 0) {  // the one that was asked for; another one gives way to it
    if (began.tag() == response_->tag) response_->turn = began.turn();
    return;
  }
  if (began.tag() != 0) return;  // it was cancelled meanwhile
  if (response_) finish_response(RealtimeResponse::End::kTurnDetected);
  waiting_.reset();
  response_.emplace(events_, items_, settings_, conversation_id_, ResponseWish{.silent = settings_.silent});
  response_->turn = began.turn();
}

void RealtimeCall::on_turn_over(const ipc::TurnOver& over) {
  if (waiting_ && waiting_->turn == over.turn()) {
    waiting_.reset();
    return update_worker_if_idle();
  }
  if (!is_of_response(over.turn())) return;
  const RealtimeResponse::Usage usage{over.prompt_tokens(), over.completion_tokens()};
  switch (over.how()) {
    case ipc::TurnOver::kCancelled:
      return finish_response(RealtimeResponse::End::kTurnDetected, usage);
    case ipc::TurnOver::kFailed:
      return finish_response(RealtimeResponse::End::kFailed, usage, "the model did not answer");
    default:
      return finish_response(RealtimeResponse::End::kCompleted, usage);
  }
}

void RealtimeCall::on_tool_question(const std::string& payload) {
  // Those of a session whose tool_choice is none, too: a response may choose otherwise.
  const ToolQuestion question = read_tool_question(payload, settings_.tools);
  ipc::Envelope envelope;
  if (!question.reply.empty()) {
    envelope.mutable_mcp_up()->set_payload(question.reply);
    return worker_.say(std::move(envelope));
  }
  if (!question.call) return;
  if (!response_ || response_->turn == 0) {
    envelope.mutable_mcp_up()->set_payload(tool_answer(question.call->id, "cancelled"));
    return worker_.say(std::move(envelope));
  }
  waiting_ = Waiting{.turn = response_->turn,
                     .id = question.call->id,
                     .call_id = response_->call(question.call->name, question.call->arguments)};
  finish_response(RealtimeResponse::End::kCompleted);
}

void RealtimeCall::finish_response(RealtimeResponse::End end, RealtimeResponse::Usage usage,
                                   std::string_view why) {
  if (!response_) return;
  response_->finish(end, usage, why);
  response_.reset();
  asked_ = false;
  update_worker_if_idle();
}

}  // namespace earshot::gateway
