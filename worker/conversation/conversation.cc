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
constexpr const char* kUnintelligible = "...";   // shown for what the user said when nobody knows what it was

}  // namespace

Result<std::shared_ptr<Conversation>> Conversation::create(const ConversationConfig& config,
                                                           const ConversationServices& services,
                                                           const ipc::SessionOpen& open,
                                                           ConversationSink sink,
                                                           const ConversationState& from) {
  std::shared_ptr<Conversation> conversation(new Conversation(config, services, open, std::move(sink), from));
  if (Status status = conversation->build_stages(open, from.hearing); !status) return status.error();
  return conversation;
}

Conversation::Conversation(const ConversationConfig& config, const ConversationServices& services,
                           const ipc::SessionOpen& open, ConversationSink sink, const ConversationState& from)
    : config_(config),
      services_(services),
      sink_(std::move(sink)),
      session_id_(json::clean_text(open.session_id(), 64)),
      device_id_(json::clean_text(open.device_id(), 64)),
      persona_(config.agent, from.language.empty() ? open.language() : from.language, config.default_language,
               open.device_id()),
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
      tools_(config.tools, config.agent.tools, services.tools, services.clock,
             [this](const std::string& payload) { send(downlink::mcp(payload)); }),
      floor_({.resume = config.interruption.resume,
              .asr_patience = config.asr_patience,
              .idle_farewell = config.idle_farewell,
              .nag_limit = config.nag_limit},
             from.floor),
      says_(from.says),
      last_turn_(from.last_turn),
      history_(config.turn.dialogue_tokens, from.dialogue) {
  if (from.tools && device_mcp_) tools_.go_on(*from.tools);
  for (std::size_t i = from.late_results.size(); i > 0; --i)
    tools_.return_late_result(from.late_results[i - 1]);
}

Conversation::~Conversation() {
  close();
}

Status Conversation::build_stages(const ipc::SessionOpen& open, const HearingEstimate& learnt) {
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
                                 .recogniser_lag = config_.recogniser_lag,
                                 .learnt = learnt},
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
  floor_.lives(now());
  tools_.start(device_mcp_, now());
  if (!floor_.hears()) return;
  journal_.listening();
  ear_->listen(floor_.mode(), now());
}

void Conversation::on_envelope(const ipc::Envelope& envelope) {
  if (!open_) return;
  switch (envelope.body_case()) {
    case ipc::Envelope::kAudioUp: {
      const ipc::AudioUp& audio = envelope.audio_up();
      if (!floor_.hears()) wake_call_.heard_audio();
      const ByteView opus = as_bytes(audio.opus());
      tracer_.audio_up(opus.size());
      if (floor_.hears()) journal_.audio_up(opus);
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
    case ipc::Envelope::kSay:
      return on_say(envelope.say());
    default:
      return count(ConversationEvent::kUnexpected);
  }
}

ConversationState Conversation::state() const {
  DialogueHistory history = history_;
  remember_heard(history);
  const auto speaking = floor_.speaking();
  const bool heard = speaking && sentence_heard_ > 0;
  const std::deque<LateResult>& known = tools_.late_results();
  std::vector<LateResult> late_results(known.begin(), known.end());
  if (telling_late_ && !heard && late_results.size() < ToolBox::kMaxLateResults)
    late_results.insert(late_results.begin(), *telling_late_);
  return {.language = persona_.language(),
          .last_turn = last_turn_,
          .floor = floor_.memory(),
          .hearing = ear_->estimate(),
          .dialogue = history.said(),
          .tools = device_mcp_ ? tools_.mcp().known() : std::nullopt,
          .late_results = std::move(late_results),
          .says = says_.unheard(heard   ? std::nullopt
                                : turn_ ? std::optional(turn_->id())
                                        : speaking)};
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
  if (floor_.recogniser_is_late(time)) {
    ear_->give_up_deciding(time);
    count(ConversationEvent::kAsrLate);
    if (floor_.held_up()) return go_on_speaking();
    apologise(Apology::kNotHeard);
    tracer_.fail(last_turn_, TurnStage::kAsr, ErrorCode::kTimeout);
  }
  if (ear_->in_utterance()) tell_user_speaks();
  const Floor::Offer offer = floor_.tick(time, speculation_ || ear_->in_utterance());
  if (offer.ours && tools_.has_late_result()) {
    tell_late_result();
  } else if (offer.ours && !says_.empty()) {
    speak_next();
  } else if (offer.farewell) {
    part_when_idle();
  }
}

void Conversation::close() {
  if (!open_) return;
  open_ = false;
  drop_speculation();
  if (const auto turn = std::exchange(turn_, nullptr)) turn->cancel();
  floor_.end_reply();
  if (ear_) ear_->close();
  if (voice_) voice_->close();
  tracer_.end_all(TurnEnd::kClosed);
  journal_.close();
  refuse_says("the session has ended");
}

void Conversation::on_listen(const ipc::Listen& listen) {
  if (floor_.parting()) return;
  floor_.lives(now());
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
  floor_.listen_started(mode);
  kept_transcript_.reset();
  wake_call_.forget_audio();
  journal_.listening();
  for (const EarlyAudio::Arrived& early : ear_->early_audio(now())) journal_.audio_up(early.packet.opus);
  ear_->listen(mode, now());
  if (const std::string word = wake_call_.take_word(); !word.empty()) greet(word);
}

void Conversation::on_listen_stop() {
  if (floor_.listen_stopped(now())) ear_->finish(now());
  if (auto kept = std::exchange(kept_transcript_, std::nullopt))
    on_transcript(kept->first, std::move(kept->second));
}

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

// The gateway has emptied its queue and told the device already.
void Conversation::on_abort() {
  if (floor_.parting()) return;
  count(ConversationEvent::kAbort);
  cancel_turn(false, TurnEnd::kAborted);
  if (floor_.aborted()) mute();
}

void Conversation::on_playout(const ipc::PlayoutReport& report) {
  const auto speaking = floor_.speaking();
  if (!speaking || report.turn() != number(*speaking)) return;
  const bool plays =
      report.event() == ipc::PlayoutReport::kStarted || report.event() == ipc::PlayoutReport::kSentence;
  if (plays && !floor_.held_up()) voice_->plays(*speaking, report.frames_played(), now());
  switch (report.event()) {
    case ipc::PlayoutReport::kStarted:
      if (device_leaves_echo_) ear_->reply_plays(*speaking, report.timestamp(), now());
      return tracer_.mark(*speaking, TurnMark::kPlayoutStarted);
    case ipc::PlayoutReport::kSentence:
      sentence_heard_ = report.sentence();
      telling_late_.reset();
      return;
    case ipc::PlayoutReport::kFinished:
    case ipc::PlayoutReport::kFlushed:
      sentence_heard_ = report.sentence();
      if (floor_.all_sent()) on_playout_over(*speaking, report.event() == ipc::PlayoutReport::kFinished);
      return;
    default:
      return;
  }
}

void Conversation::on_playout_over(TurnId turn, bool finished) {
  // Also when it has finished: the gateway may have had to refuse the rest, or the voice has failed.
  history_.cut(turn, sentence_heard_);
  if (finished) {
    tracer_.mark(turn, TurnMark::kPlayoutFinished);
    tracer_.end_as_settled(turn);
  } else {
    tracer_.end(turn, TurnEnd::kAborted);
  }
  telling_late_.reset();
  floor_.playout_over(finished, now());
  ear_->reply_ended(!finished, now());
}

// The user may have finished: begin the turn on what was understood, out of everybody's sight.
void Conversation::on_pause(UtteranceId id, const std::string& words) {
  if (floor_.parting()) return;
  const std::string text = json::clean_text(words, kMaxUserTextBytes);
  if (floor_.held_up_by(id) && ends_reply(text)) be_interrupted();
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
      return count(ConversationEvent::kIgnoredSpeech);
    case Floor::AtTranscript::kGoOn:
      return go_on_speaking();
    case Floor::AtTranscript::kForget:
      return;
    case Floor::AtTranscript::kEndReply:
      be_interrupted();
      return take_words(id, transcript);
    case Floor::AtTranscript::kAnswer:
      return take_words(id, transcript);
  }
}

void Conversation::take_words(UtteranceId id, const Result<Transcript>& transcript) {
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
  if (floor_.listen_on()) ear_->listen_again(now());
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
  if (floor_.parting()) return;
  cancel_turn(true, TurnEnd::kReplaced);
  send(downlink::stt(kUnintelligible));
  user_words_.reset();
  say({.text = apology_text(apology, persona_.language()), .emotion = "sad", .apology = true},
      TurnSource::kServer);
}

}  // namespace earshot::worker
