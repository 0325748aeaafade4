#include "worker/conversation/conversation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxUserTextBytes = 1024;  // small devices crash on very long texts (peers 2.1, no. 25)
constexpr const char* kUnintelligible = "...";   // shown for what the user said when nobody knows what it was

ListenMode listen_mode(ipc::Listen::Mode mode) {
  switch (mode) {
    case ipc::Listen::kManual:
      return ListenMode::kManual;
    case ipc::Listen::kRealtime:
      return ListenMode::kRealtime;
    default:
      return ListenMode::kAuto;  // protobuf enums are open: a mode of the future listens as most devices do
  }
}

bool is_opus_rate(std::uint32_t hz) {
  return hz == 8000 || hz == 12000 || hz == 16000 || hz == 24000 || hz == 48000;
}

bool is_frame_duration(std::uint32_t ms) {
  return ms == 5 || ms == 10 || ms == 20 || ms == 40 || ms == 60 || ms == 80 || ms == 100 || ms == 120;
}

ipc::Envelope speech_start(TurnId turn) {
  ipc::Envelope envelope;
  envelope.mutable_speech_start()->set_turn(number(turn));
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

// What a wake word means to the brain.
std::string greeting_words(std::string_view language) {
  return language.starts_with("zh") ? "你好" : "hello";
}

}  // namespace

Result<std::shared_ptr<Conversation>> Conversation::create(const ConversationConfig& config,
                                                           const ConversationServices& services,
                                                           const ipc::SessionOpen& open,
                                                           ConversationSink sink) {
  std::shared_ptr<Conversation> conversation(new Conversation(config, services, open, std::move(sink)));
  if (Status status = conversation->build_stages(open); !status) return status.error();
  return conversation;
}

Conversation::Conversation(const ConversationConfig& config, const ConversationServices& services,
                           const ipc::SessionOpen& open, ConversationSink sink)
    : config_(config),
      services_(services),
      sink_(std::move(sink)),
      session_id_(json::clean_text(open.session_id(), 64)),
      language_(open.language().empty() ? config.default_language : json::clean_text(open.language(), 35)),
      device_mcp_(open.device_mcp()),
      wake_words_(config.wake_words),
      tools_(config.mcp, config.tool_patience, services.tools, services.clock,
             [this](const std::string& payload) {
               ipc::Envelope envelope;
               envelope.mutable_mcp_down()->set_payload(payload);
               send(std::move(envelope));
             }),
      history_(config.turn.dialogue_tokens) {}

Conversation::~Conversation() {
  close();
}

Status Conversation::build_stages(const ipc::SessionOpen& open) {
  const bool good = is_opus_rate(open.downlink().sample_rate_hz()) &&
                    is_frame_duration(open.downlink().frame_duration_ms()) &&
                    is_frame_duration(open.uplink().frame_duration_ms());
  if (!good) return Error{ErrorCode::kInvalid, "the session's audio format is not usable"};

  // Ear and voice call nothing after their close(), which close() calls, so `this` is safe.
  SpeechCaptureHandlers heard;
  heard.on_barge_in = [this](UtteranceId id) { on_barge_in(id); };
  heard.on_end = [this](UtteranceId id, UtteranceEnd end) { on_utterance_end(id, end); };
  heard.on_transcript = [this](UtteranceId id, Result<Transcript> transcript) {
    on_transcript(id, std::move(transcript));
  };
  auto ear = AudioInput::create({.endpoint = config_.endpoint,
                                 .barge_in_speech = config_.barge_in_speech,
                                 .packet_ms = static_cast<int>(open.uplink().frame_duration_ms()),
                                 .language = language_},
                                services_.vad.create(), services_.asr, services_.executor,
                                services_.make_strand(), std::move(heard));
  if (!ear) return ear.error();
  ear_ = std::move(*ear);

  AudioOutputHandlers spoken;
  spoken.on_sentence = [this](TurnId turn, std::uint32_t sentence, const std::string& text) {
    ipc::Envelope envelope;
    ipc::SentenceStart& start = *envelope.mutable_sentence_start();
    start.set_turn(number(turn));
    start.set_sentence(sentence);
    start.set_text(text);
    send(std::move(envelope));
  };
  spoken.on_audio = [this](TurnId turn, std::uint32_t sentence, const Bytes& opus) {
    ipc::Envelope envelope;
    ipc::AudioDown& audio = *envelope.mutable_audio_down();
    audio.set_turn(number(turn));
    audio.set_sentence(sentence);
    audio.set_opus(opus.data(), opus.size());
    sink_.send_audio(std::move(envelope));
  };
  spoken.on_done = [this](TurnId turn, const Status& status) { on_voice_done(turn, status); };
  auto voice =
      AudioOutput::create(static_cast<int>(open.downlink().sample_rate_hz()),
                          static_cast<int>(open.downlink().frame_duration_ms()), config_.tts_patience,
                          services_.tts, services_.executor, services_.make_strand(), std::move(spoken));
  if (!voice) return voice.error();
  voice_ = std::move(*voice);
  return kDone;
}

void Conversation::start() {
  tools_.start(device_mcp_, now());
}

void Conversation::on_envelope(const ipc::Envelope& envelope) {
  if (!open_) return;
  switch (envelope.body_case()) {
    case ipc::Envelope::kAudioUp: {
      const ipc::AudioUp& audio = envelope.audio_up();
      if (!listening_) audio_before_listen_ = true;
      const ByteView opus = as_bytes(audio.opus());
      ear_->push({.sequence = audio.sequence(), .opus = Bytes(opus.begin(), opus.end()), .lost = false},
                 now());
      return;
    }
    case ipc::Envelope::kListen:
      return on_listen(envelope.listen());
    case ipc::Envelope::kAbort:
      return on_abort();
    case ipc::Envelope::kMcpUp:
      tools_.on_message(envelope.mcp_up().payload(), now());
      if (const auto turn = turn_) turn->on_tools_changed(now());
      return;
    case ipc::Envelope::kPlayoutReport:
      return on_playout(envelope.playout_report());
    default:
      return count(ConversationEvent::kUnexpected);
  }
}

void Conversation::tick() {
  if (!open_) return;
  const SteadyTime time = now();
  ear_->tick(time);
  voice_->tick(time);
  tools_.tick(time);
  if (const auto turn = turn_) turn->tick(time);
  if (deciding_since_ && !key_held_ && time - *deciding_since_ >= config_.asr_patience) {
    deciding_since_.reset();
    ear_->give_up_deciding(time);
    count(ConversationEvent::kAsrLate);
    apologise(Apology::kNotHeard);
  }
}

void Conversation::close() {
  if (!open_) return;
  open_ = false;
  if (const auto turn = std::exchange(turn_, nullptr)) turn->cancel();
  if (ear_) ear_->close();
  if (voice_) voice_->close();
}

void Conversation::on_listen(const ipc::Listen& listen) {
  if (ending_) return;
  switch (listen.state()) {
    case ipc::Listen::kStart:
      return on_listen_start(listen_mode(listen.mode()));
    case ipc::Listen::kStop:
      return on_listen_stop();
    case ipc::Listen::kDetect:
      return on_detect(listen.text());
    default:
      return count(ConversationEvent::kUnexpected);
  }
}

// The device listens now, whatever it was doing: nothing of an older turn shall be heard.
void Conversation::on_listen_start(ListenMode mode) {
  cancel_turn(true);
  mode_ = mode;
  listening_ = true;
  key_held_ = mode == ListenMode::kManual;
  held_transcript_.reset();
  audio_before_listen_ = false;
  deciding_since_.reset();
  barged_in_.reset();
  ear_->listen(mode, now());
  if (wake_word_to_greet_.empty()) return;
  answer(std::exchange(wake_word_to_greet_, {}), greeting_words(language_), true);
}

void Conversation::on_listen_stop() {
  key_held_ = false;
  if (deciding_since_) deciding_since_ = now();
  if (std::exchange(listening_, false)) ear_->finish(now());
  if (auto held = std::exchange(held_transcript_, std::nullopt))
    on_transcript(held->first, std::move(held->second));
}

void Conversation::on_detect(const std::string& text) {
  const bool unknown_wake_word = !listening_ && audio_before_listen_;
  if (wake_words_.contains(text) || unknown_wake_word) {
    if (config_.greet_on_wake_word) wake_word_to_greet_ = json::clean_text(text, kMaxUserTextBytes);
    return;
  }
  if (text.size() > kMaxUserTextBytes) count(ConversationEvent::kTextTooLong);
  const std::string words = json::clean_text(text, kMaxUserTextBytes);
  if (words.empty()) return;
  answer(words, words, true);
}

// The gateway has emptied its queue and told the device already.
void Conversation::on_abort() {
  if (ending_) return;
  count(ConversationEvent::kAbort);
  cancel_turn(false);
  deciding_since_.reset();
  if (mode_ == ListenMode::kRealtime) return;  // its microphone stays on
  listening_ = false;
  audio_before_listen_ = false;
  ear_->mute(now());
}

void Conversation::on_playout(const ipc::PlayoutReport& report) {
  if (!speaking_ || report.turn() != number(*speaking_)) return;
  switch (report.event()) {
    case ipc::PlayoutReport::kSentence:
      sentence_heard_ = report.sentence();
      return;
    case ipc::PlayoutReport::kFinished:
    case ipc::PlayoutReport::kFlushed:
      sentence_heard_ = report.sentence();
      if (speech_open_) return;
      if (report.event() == ipc::PlayoutReport::kFlushed) history_.cut(*speaking_, sentence_heard_);
      speaking_.reset();
      return;
    default:
      return;
  }
}

void Conversation::on_barge_in(UtteranceId id) {
  if (mode_ != ListenMode::kRealtime || ending_) return;
  barged_in_ = id;
  if (!turn_ && !speaking_) return;
  count(ConversationEvent::kBargeIn);
  cancel_turn(true);
}

void Conversation::on_utterance_end(UtteranceId, UtteranceEnd end) {
  if (ending_) return;
  if (end.why == Endpoint::kSpeechEnded) {
    deciding_since_ = now();
    if (mode_ != ListenMode::kRealtime) listening_ = false;
    return;
  }
  // Auto and realtime wait for the next utterance by themselves; the user of a push-to-talk key waits for us.
  if (mode_ != ListenMode::kManual) return;
  listening_ = false;
  apologise(Apology::kHeardNothing);
}

void Conversation::on_transcript(UtteranceId id, Result<Transcript> transcript) {
  if (ending_) return;
  if (key_held_) {
    // Nothing may be said before `listen stop` (device-protocol 6.3): the utterance was too long for one.
    held_transcript_.emplace(id, std::move(transcript));
    return;
  }
  deciding_since_.reset();
  // In realtime the device hears itself: what did not interrupt it was no speech of a user.
  const bool over_own_voice = (turn_ || speaking_) && barged_in_ != id;
  if (mode_ == ListenMode::kRealtime && over_own_voice) return count(ConversationEvent::kIgnoredSpeech);
  if (!transcript) {
    count(ConversationEvent::kAsrFailed);
    return apologise(Apology::kNotHeard);
  }
  if (!transcript->understood) return on_not_understood();
  const std::string text = json::clean_text(transcript->text, kMaxUserTextBytes);
  if (text.empty()) {
    count(ConversationEvent::kEmptyTranscript);
    return mode_ == ListenMode::kManual ? apologise(Apology::kHeardNothing) : listen_on();
  }
  nags_ = 0;
  answer(text, text, true);
}

void Conversation::on_not_understood() {
  count(ConversationEvent::kNotUnderstood);
  const int limit = mode_ == ListenMode::kRealtime ? 1 : config_.nag_limit;
  if (mode_ != ListenMode::kManual && nags_ >= limit) {
    count(ConversationEvent::kIgnoredSpeech);
    return listen_on();
  }
  ++nags_;
  answer(kUnintelligible, "", false);
}

// The device is still in Listening and will not say so again.
void Conversation::listen_on() {
  if (mode_ == ListenMode::kManual) return;
  listening_ = true;
  ear_->listen_again(now());
}

void Conversation::begin_turn() {
  count(ConversationEvent::kTurn);
  last_turn_ = next(last_turn_);
  if (mode_ != ListenMode::kRealtime) {
    listening_ = false;
    audio_before_listen_ = false;
    ear_->mute(now());
  }
  TurnHandlers handlers;
  // A turn calls nothing after its cancel(), which close() calls, so `this` is safe.
  handlers.on_emotion = [this](const std::string& emotion) {
    ipc::Envelope envelope;
    envelope.mutable_emotion()->set_name(emotion);
    send(std::move(envelope));
  };
  handlers.on_speech_start = [this, turn = last_turn_] {
    speaking_ = turn;
    speech_open_ = true;
    sentence_heard_ = 0;
    send(speech_start(turn));
  };
  handlers.on_done = [this](TurnOutcome outcome) { on_turn_done(std::move(outcome)); };
  turn_ = std::make_shared<Turn>(last_turn_, config_.turn, services_.brain, tools_, *voice_,
                                 services_.executor, std::move(handlers));
}

void Conversation::send_stt(const std::string& text) {
  ipc::Envelope envelope;
  envelope.mutable_stt()->set_text(text);
  send(std::move(envelope));
}

void Conversation::answer(const std::string& shown, const std::string& text, bool understood) {
  cancel_turn(true);
  send_stt(shown);
  user_words_.reset();
  if (understood) user_words_ = text;
  LlmRequest request{
      .dialogue = history_.messages("", text), .tools = {}, .language = language_, .understood = understood};
  begin_turn();
  const auto turn = turn_;
  turn->answer(std::move(request), now());
}

void Conversation::apologise(Apology apology) {
  if (ending_) return;
  cancel_turn(true);
  send_stt(kUnintelligible);
  user_words_.reset();
  begin_turn();
  const auto turn = turn_;
  turn->say(apology, language_, now());
}

// RETURNS with no turn: what was heard of it is remembered, the rest never happened.
void Conversation::cancel_turn(bool flush) {
  if (flush && speaking_) send(speech_flush(*speaking_));
  if (const auto turn = std::exchange(turn_, nullptr)) {
    turn->cancel();
    const std::uint32_t heard = speaking_ ? sentence_heard_ : 0;
    if (user_words_) history_.add_interrupted(turn->id(), *user_words_, turn->reply(), heard);
  } else if (speaking_) {
    history_.cut(*speaking_, sentence_heard_);
  }
  speaking_.reset();
  speech_open_ = false;
}

void Conversation::on_turn_done(TurnOutcome outcome) {
  const auto turn = std::exchange(turn_, nullptr);
  if (outcome.apologised) count(ConversationEvent::kTurnFailed);
  if (user_words_) history_.add(turn->id(), *user_words_, std::move(outcome.reply));
  if (std::exchange(speech_open_, false)) send(speech_end(turn->id()));
  if (!outcome.end_session) {
    if (!speaking_) listen_on();  // the device never left Listening
    return;
  }
  ending_ = true;
  ear_->mute(now());
  ipc::Envelope envelope;
  envelope.mutable_session_end()->set_reason("the user said goodbye");
  envelope.mutable_session_end()->set_after_playout(true);
  send(std::move(envelope));
}

void Conversation::on_voice_done(TurnId, const Status& status) {
  const auto turn = turn_;
  if (!turn) return;
  if (!status) {
    count(ConversationEvent::kVoiceFailed);
    ipc::Envelope envelope;
    ipc::Alert& alert = *envelope.mutable_alert();
    alert.set_status(alert_title(language_));
    alert.set_message(apology_text(Apology::kNoVoice, language_));
    alert.set_emotion("sad");
    send(std::move(envelope));
  }
  turn->on_voice_done();
}

}  // namespace earshot::worker
