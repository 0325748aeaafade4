#include "worker/conversation/conversation.h"

#include <array>
#include <ctime>
#include <utility>

#include "common/json/json.h"
#include "worker/conversation/downlink_messages.h"
#include "worker/conversation/session_format.h"

namespace earshot::worker {

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
      memory_(
          open.keeps_memory() ? config.agent.memory : MemoryLevel::kOff, config.agent.name, local_offset,
          [this](ipc::MemoryUp up) { send(downlink::memory(std::move(up))); },
          open.keeps_memory() ? config.agent.lore : LoreRules{}),
      learner_(
          services.brain, services.executor, memory_.facts(),
          [this] {
            const std::tm time = tools_.local_time();
            std::array<char, 16> text{};
            return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &time));
          },
          [this] { return wall_ms(); }),
      tools_(
          config.tools, config.agent.tools, services.tools, services.clock,
          [this](const std::string& payload) { send(downlink::mcp(payload)); },
          open.keeps_notebook() ? std::function<void(Notebook&)>([this](Notebook& notebook) {
            send(downlink::notebook(notebook, now()));
          })
                                : nullptr,
          memory_.facts(), services.outside_tools),
      keeps_checkpoint_(open.keeps_checkpoint()),
      uplink_(Milliseconds(open.uplink().frame_duration_ms())),
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
  if (open.has_moved()) moved_ = open.moved();
  // The reply of an earlier session is history, also where the worker before died without a checkpoint of this one.
  if (open.has_moved() && !open.checkpoint().empty()) {
    taken_over_ = from.reply;
  } else if (from.reply) {
    remember(*from.reply, from.reply->heard);
  }
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
                                 .codec = sound_codec(open.uplink().codec()),
                                 .sample_rate_hz = static_cast<int>(open.uplink().sample_rate_hz()),
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
  if (keeps_checkpoint_) {
    spoken.on_said = [this](TurnId turn, std::uint32_t sentence) {
      emit(turn, downlink::sentence_end(turn, sentence));
    };
  }
  spoken.on_mark = [this](TurnId turn, TurnMark mark, SteadyTime at) { tracer_.mark(turn, mark, at); };
  spoken.on_provider = [this](TurnId turn, const ProviderNote& served) {
    tracer_.provider(turn, TurnStage::kTts, served);
  };
  spoken.on_level = [this](double loudest_db) { ear_->reply_level(loudest_db, now()); };
  spoken.on_done = [this](TurnId turn, const Status& status) { on_voice_done(turn, status); };
  auto voice = AudioOutput::create(static_cast<int>(open.downlink().sample_rate_hz()),
                                   static_cast<int>(open.downlink().frame_duration_ms()),
                                   sound_codec(open.downlink().codec()), config_.tts_patience, services_.tts,
                                   SpokenForm(WordReplacements(config_.agent.replacements)), services_.clock,
                                   services_.executor, services_.make_strand(), std::move(spoken));
  if (!voice) return voice.error();
  voice_ = std::move(*voice);
  if (config_.call) voice_->speak_aloud(!config_.call->silent);
  if (config_.call) voice_->speak_as(config_.call->voice, config_.call->speed);
  return kDone;
}

void Conversation::start() {
  floor_.lives(now());
  tools_.start(device_mcp_, now());
  memory_.open();
  if (moved_) ear_->expect_replay(now());
  if (const auto moved = std::exchange(moved_, std::nullopt))
    take_over(*moved, std::exchange(taken_over_, {}));
  if (!floor_.hears()) return;
  journal_.listening();
  ear_->listen(floor_.mode(), now());
}

void Conversation::on_envelope(const ipc::Envelope& envelope) {
  if (!open_) return;
  switch (envelope.body_case()) {
    case ipc::Envelope::kAudioUp: {
      const ipc::AudioUp& audio = envelope.audio_up();
      uplink_.audio();
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
      uplink_.control();
      checkpoint_due_ = true;
      on_listen(envelope.listen());
      return save();
    case ipc::Envelope::kAbort:
      uplink_.control();
      checkpoint_due_ = true;
      on_abort();
      return save();
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
    case ipc::Envelope::kMemoryDown:
      return on_memory(envelope.memory_down());
    case ipc::Envelope::kSay:
      return on_say(envelope.say());
    case ipc::Envelope::kCallDialogue:
      return on_call_dialogue(envelope.call_dialogue());
    case ipc::Envelope::kRespond:
      return on_respond(envelope.respond());
    default:
      return count(ConversationEvent::kUnexpected);
  }
}

ConversationState Conversation::state() const {
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
          .dialogue = turn_ || !speaking ? history_.said() : history_.said_before(*speaking),
          .tools = device_mcp_ ? tools_.mcp().known() : std::nullopt,
          .late_results = std::move(late_results),
          .says = says_.unheard(heard   ? std::nullopt
                                : turn_ ? std::optional(turn_->id())
                                        : speaking),
          .reply = reply_under_way()};
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
  if (working_turn() || ear_->in_utterance()) learner_.pause(time);
  if (memory_.take_forgotten()) forget_turns();
  learner_.tick(time);
  if (const auto turn = working_turn()) turn->tick(time);
  if (floor_.recogniser_is_late(time)) {
    ear_->give_up_deciding(time);
    count(ConversationEvent::kAsrLate);
    if (floor_.held_up()) return go_on_speaking();
    tell_user_speech(ipc::UserSpeech::kFailed, {});
    apologise(Apology::kNotHeard);
    tracer_.fail(last_turn_, TurnStage::kAsr, ErrorCode::kTimeout);
  }
  if (respond_due_ && time >= respond_by_) respond_if_due();
  if (ear_->in_utterance()) tell_user_speaks();
  const Floor::Offer offer = floor_.tick(time, speculation_ || ear_->in_utterance());
  if (offer.ours && tools_.has_late_result()) {
    tell_late_result();
  } else if (offer.ours && !says_.empty()) {
    speak_next();
  } else if (offer.farewell) {
    part_when_idle();
  }
  save();
  leave_call();
}

void Conversation::close(bool moved) {
  if (!open_) return;
  open_ = false;
  drop_speculation();
  if (const auto turn = std::exchange(turn_, nullptr)) turn->cancel();
  floor_.end_reply();
  if (ear_) ear_->close();
  if (voice_) voice_->close();
  if (moved) return;
  tracer_.end_all(TurnEnd::kClosed);
  journal_.close();
  learner_.close();
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
  uplink_.settle();
  if (floor_.key_held()) uplink_.key_down();
  wake_call_.forget_audio();
  journal_.listening();
  for (const EarlyAudio::Arrived& early : ear_->early_audio(now())) journal_.audio_up(early.packet.opus);
  ear_->listen(mode, now());
  if (const std::string word = wake_call_.take_word(); !word.empty()) greet(word);
}

void Conversation::on_listen_stop() {
  if (floor_.listen_stopped(now())) {
    awaits_words_ = true;
    ear_->finish(now());
  }
  if (auto kept = std::exchange(kept_transcript_, std::nullopt))
    on_transcript(kept->first, std::move(kept->second));
}

// The gateway has emptied its queue and told the device already.
void Conversation::on_abort() {
  if (floor_.parting()) return;
  count(ConversationEvent::kAbort);
  cancel_turn(false, TurnEnd::kAborted);
  respond_due_.reset();
  kept_transcript_.reset();
  uplink_.settle();
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
  checkpoint_due_ = true;
  floor_.playout_over(finished, now());
  ear_->reply_ended(!finished, now());
}

}  // namespace earshot::worker
