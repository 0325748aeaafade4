#include "gateway/doors/coze/coze_call.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "gateway/doors/calls/call_tools.h"

namespace earshot::gateway {

CozeCall::CozeCall(CallPort& port, CallHost& host, const CozeTerms& terms, SteadyTime now)
    : port_(port),
      service_(terms.service),
      events_([this](std::string_view json) { port_.send_text(json); }, terms.seed, terms.opened, now),
      caller_(terms.caller),
      bot_(terms.agent),
      session_id_("coze_" + events_.make_id()),
      own_conversation_id_(events_.make_id()),
      section_id_(events_.make_id()),
      worker_(host, now),
      now_(now) {}

void CozeCall::begin() {
  events_.send(created_event(service_));
}

void CozeCall::expire() {
  events_.send_error(
      {.code = CozeError::kTooMany, .message = "The connection has reached its longest duration."});
}

void CozeCall::placed(SteadyTime now) {
  events_.at(now_ = now);
  told_no_worker_ = false;
  worker_.placed();
  tell_dialogue();
  say_listening();
  pump(now);
}

void CozeCall::given_up(SteadyTime now) {
  events_.at(now_ = now);
  drop_worker({.code = CozeError::kTooMany, .message = "No worker is free. Try again."});
  tell_no_worker(CozeError::kTooMany, "No worker is free. Try again.");
}

void CozeCall::lost(SteadyTime now) {
  events_.at(now_ = now);
  drop_worker({.code = CozeError::kInternal, .message = "The worker was lost."});
}

// Once: clients may close on an error, and the next event asks for a worker again.
void CozeCall::tell_no_worker(int code, std::string_view why) {
  if (reply_ || std::exchange(told_no_worker_, true)) return;
  events_.send_error({.code = code, .message = std::string(why)});
}

// What it has not heard of is lost with it; what was said is told to the next one.
void CozeCall::drop_worker(const CozeError& why) {
  worker_.gone();
  told_terms_.clear();
  key_down_ = false;
  tools_.clear();
  speech_.reset();
  withheld_.reset();
  recitals_due_.clear();
  const bool words_due = std::exchange(words_due_, false);
  const bool awaited = std::exchange(awaited_, 0) > 0 || words_due;
  if (awaited && service_ == CozeService::kTranscriptions) events_.send_error(why);
  if (!reply_ && awaited && service_ == CozeService::kChat) begin_reply(CozeReply::Kind::kChat);
  if (!reply_) return;
  if (reply_->is_finished()) {  // all of it is here, and leaves as before while there is a call
    need_worker(now_);
    if (worker_.is_asked()) return worker_.touched();
    reply_->hurry();
    (void)reply_->pump(now_);
  } else {
    told_no_worker_ = true;  // the failure says it
    reply_->fail(why);
  }
  drop_reply();
}

void CozeCall::need_worker(SteadyTime now) {
  if (worker_.is_asked()) return;
  const auto open = session_open(settings_, session_id_, bot_, caller_);
  told_terms_ = open.SerializeAsString() + json::serialize(settings_.tools);
  worker_answers_ = open.call().answers();
  worker_.set_down_frame_ms(settings_.down_frame_ms());
  if (!worker_.begin(*this, open, now)) tell_no_worker(CozeError::kTooMany, "Too many sessions are open.");
}

// The worker makes its conversation anew, so nothing may go on.
void CozeCall::update_worker_if_idle() {
  if (!worker_.is_placed() || !is_idle() || words_due_ || !recitals_due_.empty()) return;
  const auto open = session_open(settings_, session_id_, bot_, caller_);
  std::string terms = open.SerializeAsString() + json::serialize(settings_.tools);
  if (terms == told_terms_) return;
  told_terms_ = std::move(terms);
  worker_answers_ = open.call().answers();
  worker_.set_down_frame_ms(settings_.down_frame_ms());
  worker_.heard().stop();
  ipc::Envelope update;
  *update.mutable_call_update()->mutable_open() = open;
  worker_.say(std::move(update));
  tell_dialogue();  // of what is sent and not played yet it would know too little
  say_listening();
}

void CozeCall::say_listening() {
  if (settings_.server_vad) worker_.say_listen(ipc::Listen::kStart, ipc::Listen::kRealtime);
}

void CozeCall::tell_dialogue() {
  ipc::Envelope envelope;
  envelope.mutable_call_dialogue()->set_replaces(true);
  dialogue_.write(*envelope.mutable_call_dialogue()->mutable_lines());
  worker_.say(std::move(envelope));
}

void CozeCall::begin_reply(CozeReply::Kind kind) {
  std::string id = std::exchange(next_chat_id_, {});
  if (id.empty()) id = events_.make_id();
  reply_.emplace(events_, pacing_, settings_, place(), kind, std::move(id));
  reply_->begin();
  asked_ = false;
}

void CozeCall::ask(SteadyTime now) {
  reply_->tag = ++last_tag_;
  ipc::Envelope respond;
  respond.mutable_respond()->set_tag(last_tag_);
  need_worker(now);
  if (worker_.is_asked()) return worker_.uplink().ask(std::move(respond));
  reply_->fail({.code = CozeError::kTooMany, .message = "Too many sessions are open."});
  drop_reply();
}

// Of the reply that goes on, and of what the client plays still; harmless when there is neither.
void CozeCall::interrupt(CozeReply::Cancelled why) {
  const bool plays = worker_.heard().turn() != 0;
  const bool decides = std::exchange(words_due_, false);
  if (reply_) cut_recital();
  if (!settings_.server_vad && worker_.hears()) {
    worker_.heard().stop();
    worker_.uplink().forget_answers();  // there is nothing else to end
  } else if (reply_ || plays || decides || !recitals_due_.empty() || !tools_.empty()) {
    abort_worker();
  }
  tools_.clear();
  if (!reply_) return;
  reply_->cancel(why);
  drop_reply();
}

// What it decides on is dropped with it; what has not left is heard still.
void CozeCall::abort_worker() {
  worker_.abort();
  awaited_ = static_cast<std::uint32_t>(worker_.uplink().stops());
}

// A worker that is asked for something hears nothing more of what is being said: what follows is said anew.
void CozeCall::release_key() {
  if (!key_down_ || worker_.uplink().has_start()) return;
  key_down_ = false;
  worker_.uplink().clear();
  abort_worker();
}

void CozeCall::cut_recital() {
  const bool unheard = reply_->is_recital() && reply_->turn != 0 && worker_.heard().turn() == 0;
  if (unheard && !recited_again_) recitals_due_.push_front(true);
}

void CozeCall::drop_reply() {
  remember_reply();
  reply_.reset();
  asked_ = false;
}

// As far as it was told: what was heard of it is the worker's to know.
void CozeCall::remember_reply() {
  if (!reply_->is_recital()) dialogue_.add(ipc::CallLine::kAssistant, reply_->text());
}

void CozeCall::pump(SteadyTime now) {
  if (worker_.pump(now, worker_is_idle())) {
    asked_ = true;
    if (reply_ && reply_->is_recital()) recitals_due_.push_back(false);
  }
  if (!reply_ || !reply_->pump(now)) return;
  drop_reply();
  update_worker_if_idle();
}

void CozeCall::tick(SteadyTime now) {
  events_.at(now_ = now);
  pump(now);
}

std::optional<SteadyTime> CozeCall::next_deadline() const {
  const auto worker = worker_.next_deadline(worker_is_idle());
  const auto reply = reply_ ? reply_->next_deadline(now_) : std::nullopt;
  if (!worker || !reply) return worker ? worker : reply;
  return std::min(*worker, *reply);
}

void CozeCall::envelope(const ipc::Envelope& envelope, SteadyTime now) {
  events_.at(now_ = now);
  switch (envelope.body_case()) {
    case ipc::Envelope::kUserSpeech:
      on_user_speech(envelope.user_speech(), now);
      break;
    case ipc::Envelope::kTurnBegan:
      on_turn_began(envelope.turn_began());
      break;
    case ipc::Envelope::kSpeechStart:
      if (is_of_reply(envelope.speech_start().turn())) worker_.heard().begin(reply_->turn, now);
      break;
    case ipc::Envelope::kSentenceStart: {
      const auto& sentence = envelope.sentence_start();
      if (!is_of_reply(sentence.turn())) break;
      worker_.heard().sentence(sentence.sentence());
      reply_->sentence(json::clean_text(sentence.text(), kMaxTextBytes));
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
      return drop_worker({.code = CozeError::kInternal, .message = why});
    }
    default:  // faces, alerts, and what a screen shows: there is none
      break;
  }
  pump(now);
}

void CozeCall::audio(const ipc::AudioDownView& audio, SteadyTime now) {
  events_.at(now_ = now);
  if (audio.live || !is_of_reply(audio.turn)) return;
  worker_.heard().sent(settings_.down_frame_ms(), now);
  reply_->sound(audio.opus);
  pump(now);
}

void CozeCall::on_user_speech(const ipc::UserSpeech& speech, SteadyTime now) {
  return settings_.server_vad ? on_detected(speech, now) : on_pressed(speech, now);
}

void CozeCall::on_detected(const ipc::UserSpeech& speech, SteadyTime now) {
  const std::uint32_t utterance = speech.utterance();
  if (speech.event() == ipc::UserSpeech::kStarted) {
    const bool plays = reply_ || worker_.heard().turn() != 0;
    if (plays && settings_.interrupts_by_keyword()) {  // clients stop playing when they hear of speech
      withheld_ = utterance;
      return;
    }
    speech_ = utterance;
    speech_stopped_ = false;
    events_.send("input_audio_buffer.speech_started");
    worker_.uplink().forget_answers();
    tools_.clear();
    if (!reply_) return;
    cut_recital();
    reply_->cancel(CozeReply::Cancelled::kBySpeech);  // the worker ends it by itself
    return drop_reply();
  }
  const bool told = speech_ == utterance;
  if (speech.event() == ipc::UserSpeech::kStopped) {
    if (told && !std::exchange(speech_stopped_, true)) events_.send("input_audio_buffer.speech_stopped");
    return;
  }
  if (withheld_ == utterance) {
    withheld_.reset();
    if (speech.event() != ipc::UserSpeech::kWords || !settings_.is_keyword_in(speech.text())) return;
    events_.send("input_audio_buffer.speech_started");
    events_.send("input_audio_buffer.speech_stopped");
    interrupt(CozeReply::Cancelled::kBySpeech);
    return on_words(json::clean_text(speech.text(), kMaxTextBytes), now);
  }
  if (told && !speech_stopped_) events_.send("input_audio_buffer.speech_stopped");
  if (told || utterance == 0) speech_.reset();
  if (speech.event() == ipc::UserSpeech::kWords)
    return on_words(json::clean_text(speech.text(), kMaxTextBytes), now);
  update_worker_if_idle();
}

void CozeCall::on_pressed(const ipc::UserSpeech& speech, SteadyTime now) {
  const bool over = speech.event() == ipc::UserSpeech::kWords ||
                    speech.event() == ipc::UserSpeech::kNothing || speech.event() == ipc::UserSpeech::kFailed;
  if (over) worker_.decided();
  if (!over || awaited_ == 0) return;
  --awaited_;
  if (speech.event() == ipc::UserSpeech::kWords)
    return on_words(json::clean_text(speech.text(), kMaxTextBytes), now);
  const bool writes_down = service_ == CozeService::kTranscriptions;
  if (writes_down && speech.event() == ipc::UserSpeech::kNothing) {
    events_.send("transcriptions.message.completed");
  } else if (writes_down) {
    events_.send_error({.code = CozeError::kInternal, .message = "The speech could not be recognised."});
  } else if (speech.event() == ipc::UserSpeech::kNothing) {  // who waits for an answer must hear of it
    events_.send("conversation.audio_transcript.completed", {{"content", ""}});
  } else if (!reply_) {
    begin_reply(CozeReply::Kind::kChat);
    reply_->fail({.code = CozeError::kInternal, .message = "The speech could not be recognised."});
    drop_reply();
  }
  update_worker_if_idle();
}

void CozeCall::on_words(const std::string& words, SteadyTime now) {
  if (service_ == CozeService::kTranscriptions) {
    events_.send("transcriptions.message.update", {{"content", words}});
    events_.send("transcriptions.message.completed");
    return update_worker_if_idle();
  }
  events_.send("conversation.audio_transcript.update", {{"content", words}});
  events_.send("conversation.audio_transcript.completed", {{"content", words}});
  dialogue_.add(ipc::CallLine::kUser, words);
  next_chat_id_ = events_.make_id();
  events_.send("conversation.message.completed",
               question_json(place(), events_.make_id(), next_chat_id_, words, events_.unix_seconds()));
  if (worker_answers_) {
    words_due_ = true;
    return;
  }
  if (reply_) interrupt(CozeReply::Cancelled::kBySpeech);
  begin_reply(CozeReply::Kind::kChat);
  ask(now);
}

void CozeCall::on_turn_began(const ipc::TurnBegan& began) {
  if (began.tag() != 0) {
    if (reply_ && reply_->tag == began.tag()) reply_->turn = began.turn();
    const bool answers_words = std::exchange(words_due_, false);  // they came while it was due
    if (!reply_ && answers_words) {
      begin_reply(CozeReply::Kind::kChat);
      reply_->turn = began.turn();
      return;
    }
    // It was cancelled meanwhile. Without a detector the worker knows: once more would shut its ear.
    if (!reply_ && settings_.server_vad) worker_.abort();
    return;
  }
  if (!std::exchange(words_due_, false) && !recitals_due_.empty()) return on_recital_began(began.turn());
  if (reply_ && reply_->turn == 0 && !reply_->is_recital()) return;  // another one was asked for
  if (reply_) {
    reply_->cancel(CozeReply::Cancelled::kBySpeech);
    drop_reply();
  }
  tools_.clear();
  begin_reply(CozeReply::Kind::kChat);
  reply_->turn = began.turn();
}

// The newest is the one that is told; those before were cut off, and are so again. What nobody has heard of a worker says
// once more.
void CozeCall::on_recital_began(std::uint32_t turn) {
  recited_again_ = recitals_due_.front();
  recitals_due_.pop_front();
  if (recitals_due_.empty() && reply_ && reply_->is_recital() && asked_ && reply_->turn == 0) {
    reply_->turn = turn;
    return;
  }
  const bool replaced = reply_ && !reply_->is_recital() && !reply_->is_finished();
  if (!replaced) abort_worker();  // else what was asked for ends it
  if (!recited_again_) recitals_due_.push_front(true);
}

void CozeCall::on_turn_over(const ipc::TurnOver& over) {
  if (!is_of_reply(over.turn()) || reply_->is_finished()) return;
  tools_.clear();
  switch (over.how()) {
    case ipc::TurnOver::kCancelled:
      reply_->cancel(CozeReply::Cancelled::kBySpeech);
      drop_reply();
      return update_worker_if_idle();
    case ipc::TurnOver::kFailed:
      reply_->fail({.code = CozeError::kModel, .message = "The model did not answer."});
      drop_reply();
      return update_worker_if_idle();
    default:
      return reply_->finish({over.prompt_tokens(), over.completion_tokens()});
  }
}

void CozeCall::on_tool_question(const std::string& payload) {
  ToolQuestion question = read_tool_question(payload, settings_.tools);
  ipc::Envelope envelope;
  if (!question.reply.empty()) {
    envelope.mutable_mcp_up()->set_payload(question.reply);
    return worker_.say(std::move(envelope));
  }
  if (!question.call) return;
  const bool wanted = reply_ && reply_->turn != 0 && !reply_->is_finished() && !reply_->is_recital();
  if (!wanted || tools_.size() >= kMaxOpenTools) {
    envelope.mutable_mcp_up()->set_payload(tool_answer(question.call->id, "cancelled"));
    return worker_.say(std::move(envelope));
  }
  tools_.push_back({.id = question.call->id,
                    .call = {.id = "call_" + events_.make_id(),
                             .name = std::move(question.call->name),
                             .arguments = std::move(question.call->arguments)}});
  std::vector<CozeReply::ToolCall> calls;
  for (const OpenTool& open : tools_) calls.push_back(open.call);
  reply_->requires_action(calls);
}

}  // namespace earshot::gateway
