#include "worker/conversation/conversation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/json/json.h"
#include "worker/conversation/downlink_messages.h"
#include "worker/conversation/session_format.h"
#include "worker/spoken_text/transcript_words.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxUserTextBytes = 1024;  // small devices crash on very long texts (peers 2.1, no. 25)
constexpr Milliseconds kListenStartPatience{1500};  // 70 ms on a LAN, measured; nobody waits for us
constexpr const char* kUnintelligible = "...";  // shown for what the user said when nobody knows what it was

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
      device_id_(json::clean_text(open.device_id(), 64)),
      persona_(config.agent, open.language(), config.default_language, open.device_id()),
      device_mcp_(open.device_mcp()),
      device_leaves_echo_(open.device_aec()),
      report_text_(open.report_text()),
      journal_({.audio = open.report_audio(),
                .uplink_frame = Milliseconds(open.uplink().frame_duration_ms()),
                .downlink_frame = Milliseconds(open.downlink().frame_duration_ms())},
               [this](TurnRecord record) { on_record(std::move(record)); }),
      tracer_(session_id_, services.clock,
              [this](const TurnTrace& trace) {
                if (services_.on_turn_ended) services_.on_turn_ended(trace);
                journal_.ended(trace, now());
              }),
      tools_(
          config.tools, config.agent.tools, services.tools, services.clock,
          [this](const std::string& payload) { send(downlink::mcp(payload)); },
          open.keeps_notebook() ? std::function<void(Notebook&)>([this](Notebook& notebook) {
            send(downlink::notebook(notebook, now()));
          })
                                : nullptr),
      history_(config.turn.dialogue_tokens) {}

Conversation::~Conversation() {
  close();
}

Status Conversation::build_stages(const ipc::SessionOpen& open) {
  if (!has_usable_formats(open))
    return Error{ErrorCode::kInvalid, "the session's audio format is not usable"};

  // Ear and voice call nothing after their close(), which close() calls, so `this` is safe.
  SpeechCaptureHandlers heard;
  heard.on_barge_in = [this](UtteranceId id) { on_barge_in(id); };
  heard.on_end = [this](UtteranceId id, UtteranceEnd end) { on_utterance_end(id, end); };
  heard.on_times = [this](UtteranceId, const UtteranceTimes& times) {
    speech_heard_ = times.speech;
    tracer_.heard(times);
  };
  heard.on_transcript = [this](UtteranceId id, Result<Transcript> transcript) {
    on_transcript(id, std::move(transcript));
  };
  heard.on_pause = [this](UtteranceId id, const std::string& words) { on_pause(id, words); };
  heard.on_resumed = [this](UtteranceId) { drop_speculation(); };
  auto ear = AudioInput::create({.endpoint = config_.endpoint,
                                 .silence_min = config_.silence_min,
                                 .silence_max = config_.silence_max,
                                 .barge_in_speech = config_.barge_in_speech,
                                 .packet_ms = static_cast<int>(open.uplink().frame_duration_ms()),
                                 .device_leaves_echo = device_leaves_echo_,
                                 .downlink_ms = static_cast<int>(open.downlink().frame_duration_ms()),
                                 .make_echo_canceller = services_.make_echo_canceller,
                                 .language = persona_.language(),
                                 .recogniser_lag = config_.recogniser_lag},
                                services_.vad.create(), services_.asr, services_.clock, services_.executor,
                                services_.make_strand(), std::move(heard));
  if (!ear) return ear.error();
  ear_ = std::move(*ear);

  AudioOutputHandlers spoken;
  spoken.on_sentence = [this](TurnId turn, std::uint32_t sentence, const std::string& text) {
    emit(turn, downlink::sentence_start(turn, sentence, text));
  };
  spoken.on_audio = [this](TurnId turn, std::uint32_t sentence, const Bytes& opus) {
    emit(turn, downlink::audio(turn, sentence, opus));
  };
  spoken.on_mark = [this](TurnId turn, TurnMark mark, SteadyTime at) { tracer_.mark(turn, mark, at); };
  spoken.on_provider = [this](TurnId turn, const ProviderNote& served) {
    tracer_.provider(turn, TurnStage::kTts, served);
  };
  spoken.on_level = [this](double loudest_db) { ear_->reply_level(loudest_db, now()); };
  spoken.on_done = [this](TurnId turn, const Status& status) { on_voice_done(turn, status); };
  auto voice =
      AudioOutput::create(static_cast<int>(open.downlink().sample_rate_hz()),
                          static_cast<int>(open.downlink().frame_duration_ms()), config_.tts_patience,
                          services_.tts, SpokenForm(WordReplacements(config_.agent.replacements)),
                          services_.clock, services_.executor, services_.make_strand(), std::move(spoken));
  if (!voice) return voice.error();
  voice_ = std::move(*voice);
  return kDone;
}

void Conversation::start() {
  last_life_ = now();
  tools_.start(device_mcp_, now());
}

void Conversation::on_envelope(const ipc::Envelope& envelope) {
  if (!open_) return;
  switch (envelope.body_case()) {
    case ipc::Envelope::kAudioUp: {
      const ipc::AudioUp& audio = envelope.audio_up();
      if (!listening_) audio_before_listen_ = true;
      const ByteView opus = as_bytes(audio.opus());
      tracer_.audio_up(opus.size());
      if (listening_) journal_.audio_up(opus);
      ear_->push({.sequence = audio.sequence(),
                  .opus = Bytes(opus.begin(), opus.end()),
                  .timestamp = audio.timestamp()},
                 now());
      return;
    }
    case ipc::Envelope::kListen:
      return on_listen(envelope.listen());
    case ipc::Envelope::kAbort:
      return on_abort();
    case ipc::Envelope::kMcpUp:
      on_device_mcp(envelope.mcp_up());
      if (const auto turn = working_turn()) turn->on_tools_changed(now());
      return;
    case ipc::Envelope::kDeviceLink:
      return tools_.set_online(envelope.device_link().online(), now());
    case ipc::Envelope::kPlayoutReport:
      journal_.playout(envelope.playout_report());
      return on_playout(envelope.playout_report());
    case ipc::Envelope::kNotebook:
      return on_notebook(envelope.notebook());
    case ipc::Envelope::kSay:
      return on_say(envelope.say());
    default:
      return count(ConversationEvent::kUnexpected);
  }
}

void Conversation::on_device_mcp(const ipc::McpUp& mcp) {
  if (mcp.loss() == ipc::McpUp::kNone) return tools_.on_message(mcp.payload(), now());
  const bool too_large = mcp.loss() == ipc::McpUp::kTooLarge;
  tools_.on_lost_reply(mcp.lost_id(), too_large ? McpClient::Loss::kTooLarge : McpClient::Loss::kUnreadable,
                       now());
}

void Conversation::tick() {
  if (!open_) return;
  const SteadyTime time = now();
  ear_->tick(time);
  voice_->tick(time);
  tools_.tick(time);
  journal_.tick(time);
  if (const auto turn = working_turn()) turn->tick(time);
  if (deciding_since_ && !key_held_ && time - *deciding_since_ >= config_.asr_patience) {
    deciding_since_.reset();
    ear_->give_up_deciding(time);
    count(ConversationEvent::kAsrLate);
    if (interruption_) return go_on_speaking();
    apologise(Apology::kNotHeard);
    tracer_.fail(last_turn_, TurnStage::kAsr, ErrorCode::kTimeout);
  }
  if (ear_->in_utterance()) tell_user_speaks();
  if (busy() || speaking_ || key_held_ || ending_ || ear_->in_utterance()) {
    last_life_ = time;
  } else if (tools_.has_late_result() && !user_speaks_ && !waits_for_listen_start()) {
    tell_late_result();
  } else if (!says_.empty() && !user_speaks_ && !waits_for_listen_start()) {
    speak_next();
  } else if (listening_ && config_.idle_farewell.count() > 0 && time - last_life_ >= config_.idle_farewell) {
    part_when_idle();
  }
}

void Conversation::close() {
  if (!open_) return;
  open_ = false;
  drop_speculation();
  if (const auto turn = std::exchange(turn_, nullptr)) turn->cancel();
  if (ear_) ear_->close();
  if (voice_) voice_->close();
  tracer_.end_all(TurnEnd::kClosed);
  journal_.close();
  refuse_says("the session has ended");
}

void Conversation::on_listen(const ipc::Listen& listen) {
  if (ending_) return;
  last_life_ = now();
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
  cancel_turn(true, TurnEnd::kReplaced);
  mode_ = mode;
  listening_ = true;
  key_held_ = mode == ListenMode::kManual;
  held_transcript_.reset();
  audio_before_listen_ = false;
  user_speaks_ = false;
  deciding_since_.reset();
  barged_in_.reset();
  listen_due_.reset();
  journal_.listening();
  for (const EarlyAudio::Arrived& early : ear_->early_audio(now())) journal_.audio_up(early.packet.opus);
  ear_->listen(mode, now());
  if (!wake_word_to_greet_.empty()) greet(std::exchange(wake_word_to_greet_, {}));
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
  if (persona_.is_wake_word(text) || unknown_wake_word) {
    if (config_.greet_on_wake_word) wake_word_to_greet_ = json::clean_text(text, kMaxUserTextBytes);
    return;
  }
  if (text.size() > kMaxUserTextBytes) count(ConversationEvent::kTextTooLong);
  const std::string words = json::clean_text(text, kMaxUserTextBytes);
  if (words.empty()) return;
  answer(words, words, true, TurnSource::kText);
}

// The gateway has emptied its queue and told the device already.
void Conversation::on_abort() {
  if (ending_) return;
  count(ConversationEvent::kAbort);
  cancel_turn(false, TurnEnd::kAborted);
  deciding_since_.reset();
  if (mode_ == ListenMode::kRealtime) return;  // its microphone stays on
  listening_ = false;
  audio_before_listen_ = false;
  user_speaks_ = false;
  ear_->mute(now());
}

void Conversation::on_playout(const ipc::PlayoutReport& report) {
  if (!speaking_ || report.turn() != number(*speaking_)) return;
  const bool plays =
      report.event() == ipc::PlayoutReport::kStarted || report.event() == ipc::PlayoutReport::kSentence;
  if (plays && !interruption_) voice_->plays(*speaking_, report.frames_played(), now());
  switch (report.event()) {
    case ipc::PlayoutReport::kStarted:
      if (device_leaves_echo_) ear_->reply_plays(*speaking_, report.timestamp(), now());
      return tracer_.mark(*speaking_, TurnMark::kPlayoutStarted);
    case ipc::PlayoutReport::kSentence:
      sentence_heard_ = report.sentence();
      telling_late_.reset();
      return;
    case ipc::PlayoutReport::kFinished:
    case ipc::PlayoutReport::kFlushed:
      sentence_heard_ = report.sentence();
      if (speech_open_) return;
      on_playout_over(report.event() == ipc::PlayoutReport::kFinished);
      return;
    default:
      return;
  }
}

void Conversation::on_playout_over(bool finished) {
  // Also when it has finished: the gateway may have had to refuse the rest, or the voice has failed.
  history_.cut(*speaking_, sentence_heard_);
  if (finished) {
    tracer_.mark(*speaking_, TurnMark::kPlayoutFinished);
    tracer_.end_as_settled(*speaking_);
    if (mode_ == ListenMode::kAuto) listen_due_ = now() + kListenStartPatience;
  } else {
    tracer_.end(*speaking_, TurnEnd::kAborted);
  }
  telling_late_.reset();
  speaking_.reset();
  interruption_.reset();  // there is nothing left to hold up
  ear_->reply_ended(!finished, now());
}

// The user may have finished: begin the turn on what was understood, out of everybody's sight.
void Conversation::on_pause(UtteranceId id, const std::string& words) {
  if (ending_) return;
  const std::string text = json::clean_text(words, kMaxUserTextBytes);
  if (interruption_ == id && ends_reply(text)) be_interrupted();
  if (turn_ || speaking_ || services_.brain.remembers()) return;
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
  if (ending_) return;
  tracer_.forget_hearing();
  user_speaks_ = false;
  if (end.cut) {
    count(ConversationEvent::kSpeechTooLong);
    // Who holds the key sees and hears (the alert's sound) that no more is taken; in the other modes the answer
    // that begins says so.
    if (key_held_)
      send(downlink::alert(alert_title(persona_.language()), speech_limit_text(persona_.language()),
                           "neutral"));
  }
  if (end.why == Endpoint::kSpeechEnded) {
    last_life_ = now();
    deciding_since_ = now();
    // Auto mode goes on hearing until the reply begins: the device sends as long.
    if (mode_ == ListenMode::kManual) listening_ = false;
    return;
  }
  if (speculation_ && speculation_->utterance() == id) drop_speculation();
  if (interruption_ == id) return go_on_speaking();
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
  if (turn_ || speaking_) {
    // In realtime the device hears itself: what did not interrupt it was no speech of a user.
    // One that did may have been followed by another before its words came.
    const bool barged_in = barged_in_ && id <= *barged_in_;
    if (mode_ != ListenMode::kManual && !barged_in) return count(ConversationEvent::kIgnoredSpeech);
    if (interruption_) {
      const bool words = transcript && transcript->understood &&
                         has_spoken_words(transcript->text, speech_heard_) && ends_reply(transcript->text);
      if (!words && interruption_ == id) return go_on_speaking();
      if (!words) return;
      be_interrupted();
    }
  }
  if (!transcript) {
    count(ConversationEvent::kAsrFailed);
    return apologise(Apology::kNotHeard);
  }
  if (!transcript->understood) return on_not_understood();
  const std::string text = json::clean_text(transcript->text, kMaxUserTextBytes);
  if (!has_spoken_words(text, speech_heard_)) {
    count(ConversationEvent::kEmptyTranscript);
    return mode_ == ListenMode::kManual ? apologise(Apology::kHeardNothing) : listen_on();
  }
  nags_ = 0;
  if (!confirm_speculation(id, text)) answer(text, text, true, TurnSource::kSpeech);
}

void Conversation::on_not_understood() {
  count(ConversationEvent::kNotUnderstood);
  const int limit = mode_ == ListenMode::kRealtime ? 1 : config_.nag_limit;
  if (mode_ != ListenMode::kManual && nags_ >= limit) {
    count(ConversationEvent::kIgnoredSpeech);
    return listen_on();
  }
  ++nags_;
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
  if (mode_ == ListenMode::kManual) return;
  listening_ = true;
  ear_->listen_again(now());
}

LlmRequest Conversation::request_for(const std::optional<std::string>& text, bool understood) {
  user_words_ = understood ? text : std::nullopt;
  return {.dialogue = history_.messages(persona_.prompt(tools_.local_time()), text),
          .tools = {},
          .language = persona_.language(),
          .understood = understood,
          .session = session_id_,
          .device = device_id_};
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

void Conversation::apologise(Apology apology) {
  if (ending_) return;
  cancel_turn(true, TurnEnd::kReplaced);
  send(downlink::stt(kUnintelligible));
  user_words_.reset();
  say({.text = apology_text(apology, persona_.language()), .emotion = "sad", .apology = true},
      TurnSource::kServer);
}

}  // namespace earshot::worker
