#include "gateway/live/session/session.h"

#include <algorithm>
#include <utility>

#include "common/audio/opus_packet.h"
#include "common/base/wire_limits.h"
#include "common/json/json.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

// Who holds the key is not idle, whether or not he speaks; a key that is stuck is. As long as a worker listens
// (endpoint.max_held_ms of worker.yaml).
constexpr Milliseconds kLongestHold{120'000};

ipc::Listen to_ipc(const DeviceListen& listen) {
  ipc::Listen out;
  switch (listen.state) {
    case ListenState::kStart:
      out.set_state(ipc::Listen::kStart);
      break;
    case ListenState::kStop:
      out.set_state(ipc::Listen::kStop);
      break;
    case ListenState::kDetect:
      out.set_state(ipc::Listen::kDetect);
      break;
  }
  switch (listen.mode) {
    case ListenMode::kAuto:
      out.set_mode(ipc::Listen::kAuto);
      break;
    case ListenMode::kManual:
      out.set_mode(ipc::Listen::kManual);
      break;
    case ListenMode::kRealtime:
      out.set_mode(ipc::Listen::kRealtime);
      break;
  }
  out.set_text(listen.text);
  return out;
}

std::uint32_t to_ms(Milliseconds duration) {
  return static_cast<std::uint32_t>(duration.count());
}

}  // namespace

Session::Session(SessionCounters& counters, const SessionConfig& config, SessionIdentity identity,
                 const DeviceHello& hello, std::unique_ptr<DeviceLeg> leg, SessionMemory& memory,
                 SteadyTime now)
    : counters_(counters),
      config_(config),
      memory_(memory),
      identity_(std::move(identity)),
      hello_(hello),
      leg_(std::move(leg)),
      created_(now),
      timer_(identity_.ssrc),
      continuity_(memory.continuity),
      playout_(config.playout, &memory.speech),
      last_activity_(now) {}

void Session::opened(WorkerLeg worker, SteadyTime now) {
  if (state_ == State::kMoving) return go_on_with(worker, now);
  if (state_ != State::kOpening) return;
  state_ = State::kOpen;
  changed_ = true;
  worker_ = worker;
  continuity_.carried_by(worker.hands_over());
  last_activity_ = now;
  hello_answered_ = now;
  count(SessionEvent::kOpened);
  if (resumed_after_) count(SessionEvent::kResumed);
  leg_->accept(
      {.sample_rate_hz = config_.downlink_rate_hz, .frame_duration = config_.playout.frame_duration});
}

void Session::refused(SteadyTime now) {
  if (state_ == State::kMoving) return give_up("no worker", now);
  if (state_ != State::kOpening) return;
  count(SessionEvent::kRefused);
  leg_->refuse();
  end(Tell::kNobody, "no worker", now);
}

void Session::resume(std::string earlier, Milliseconds ago) {
  continuity_.resume(std::move(earlier));
  if (!continuity_.earlier().empty()) resumed_after_ = ago;
}

void Session::told(const DeviceMessage& message, SteadyTime now) {
  if (over()) return;
  if (std::holds_alternative<DeviceGoodbye>(message)) return left("device goodbye", now);
  if (state_ == State::kOpening) {
    count(SessionEvent::kControlBeforeOpen);
    return;
  }
  if (const auto* listen = std::get_if<DeviceListen>(&message)) {
    on_listen(*listen, now);
  } else if (const auto* abort = std::get_if<DeviceAbort>(&message)) {
    on_abort(*abort, now);
  } else if (const auto* other = std::get_if<DeviceOther>(&message)) {
    if (!other->known) count(SessionEvent::kControlUnknownType);
  }
}

void Session::left(std::string_view reason, SteadyTime now) {
  if (over()) return;
  ended_by_device_ = true;
  end(Tell::kNobody, reason, now);
}

bool Session::hears() {
  if (!live()) count(SessionEvent::kDatagramBeforeOpen);
  return live();
}

void Session::hear(ByteView opus, FrameStamp stamp, SteadyTime now) {
  if (speaking() && mode_ != ListenMode::kRealtime) {
    // The device stops its microphone on `tts start`; what it had queued may still arrive (6.3).
    count(SessionEvent::kUplinkWhileSpeaking);
    return;
  }
  last_heard_ = now;
  if (key_held_since_ && now - *key_held_since_ < kLongestHold) last_activity_ = now;
  memory_.audio_up.set_session(number(identity_.ssrc));
  auto& audio = *memory_.audio_up.mutable_audio_up();
  audio.mutable_opus()->assign(as_text(opus));  // set_opus(data, size) would make a string each time
  audio.set_sequence(stamp.sequence);
  audio.set_timestamp(stamp.timestamp);
  audio.set_arrival_us(
      static_cast<std::uint64_t>(std::chrono::duration_cast<Microseconds>(now.time_since_epoch()).count()));
  count(SessionEvent::kUplinkFrame);
  continuity_.add_audio(audio);
  worker_.send_audio(memory_.audio_up);
}

void Session::audio_down(const ipc::AudioDownView& audio, SteadyTime now) {
  if (over()) return;
  if (state_ == State::kOpening) return count(SessionEvent::kWorkerBeforeOpen);
  // The pacing counts packets, and a longer one does not decode on the device (7.2).
  const auto info = audio.opus.size() <= kMaxOpusBytes ? inspect_opus_packet(audio.opus) : std::nullopt;
  if (audio.opus.empty() || !info || info->stereo || info->duration > config_.playout.frame_duration) {
    return count(SessionEvent::kWorkerBadFrame);
  }
  if (!audio.live) {
    count(playout_.frame(TurnId{audio.turn}, audio.opus));
    return run_playout(now);
  }
  if (playout_.queued_frames() > 0) return count(SessionEvent::kLiveBehindSpeech);
  last_activity_ = now;
  send_frame(audio.opus, now);
}

void Session::envelope(const ipc::Envelope& envelope, SteadyTime now) {
  if (over()) return;
  if (state_ == State::kOpening) {
    count(SessionEvent::kWorkerBeforeOpen);
    return;
  }
  switch (envelope.body_case()) {
    case ipc::Envelope::kSpeechStart:
      last_activity_ = now;
      on_speech_start(TurnId{envelope.speech_start().turn()});
      break;
    case ipc::Envelope::kSentenceStart: {
      const auto& sentence = envelope.sentence_start();
      const auto verdict = playout_.sentence_start(TurnId{sentence.turn()}, sentence.sentence(),
                                                   json::clean_text(sentence.text(), kMaxShownTextBytes));
      if (verdict == PlayoutVerdict::kQueued)
        continuity_.sentence_began(TurnId{sentence.turn()}, sentence.sentence(), sentence.text());
      count(verdict);
      break;
    }
    case ipc::Envelope::kSentenceEnd:
      continuity_.sentence_ended(TurnId{envelope.sentence_end().turn()}, envelope.sentence_end().sentence());
      break;
    case ipc::Envelope::kAudioDown: {  // of a newer version: audio_record.h could not read it
      const auto& audio = envelope.audio_down();
      return audio_down({.session = envelope.session(),
                         .turn = audio.turn(),
                         .sentence = audio.sentence(),
                         .live = audio.live(),
                         .opus = as_bytes(audio.opus())},
                        now);
    }
    case ipc::Envelope::kSpeechEnd:
      continuity_.speech_ended(TurnId{envelope.speech_end().turn()});
      count(playout_.speech_end(TurnId{envelope.speech_end().turn()}));
      break;
    case ipc::Envelope::kSpeechFlush:
      silence(playout_.flush(TurnId{envelope.speech_flush().turn()}, now), false);
      break;
    case ipc::Envelope::kSpeechPause:
      playout_.pause(TurnId{envelope.speech_pause().turn()});
      break;
    case ipc::Envelope::kSpeechResume:
      playout_.resume(TurnId{envelope.speech_resume().turn()});
      break;
    case ipc::Envelope::kStt:
      last_activity_ = now;
      leg_->tell(Transcript{envelope.stt().text()});
      break;
    case ipc::Envelope::kUserSpeaks:
      last_activity_ = now;
      break;
    case ipc::Envelope::kEmotion:
      leg_->tell(Face{envelope.emotion().name(), envelope.emotion().text()});
      break;
    case ipc::Envelope::kMcpDown:
      on_mcp_down(envelope.mcp_down(), now);
      break;
    case ipc::Envelope::kAlert: {
      const auto& alert = envelope.alert();
      leg_->tell(Alert{alert.status(), alert.message(), alert.emotion()});
      break;
    }
    case ipc::Envelope::kSessionCheckpoint:
      continuity_.keep(envelope.session_checkpoint());
      changed_ = true;
      if (tools_ != nullptr) tools_->settled(continuity_.settled_requests());
      break;
    case ipc::Envelope::kUplinkHeard:
      continuity_.uplink_heard(envelope.uplink_heard().uplink());
      break;
    case ipc::Envelope::kSessionEnd:
      on_session_end(envelope.session_end(), now);
      break;
    default:  // what a worker has no business to send, and bodies of newer versions
      count(SessionEvent::kWorkerUnexpectedBody);
      break;
  }
  run_playout(now);
}

void Session::tick(SteadyTime now) {
  if (!live()) return;
  run_playout(now);
  if (over()) return;
  if (now - last_activity_ >= config_.idle_timeout) {
    count(SessionEvent::kIdleEnded);
    end(Tell::kDevice, "idle", now);
  } else if (const auto silent = silence_end(); silent && now >= *silent) {
    count(SessionEvent::kDeviceSilent);
    end(Tell::kDevice, "the device fell silent", now);
  }
}

void Session::tell_notebook(const ipc::Notebook& notebook) {
  if (state_ != State::kOpen) return;
  auto envelope = make_envelope();
  *envelope.mutable_notebook() = notebook;
  to_worker(envelope);
}

void Session::tell_memory(const ipc::MemoryDown& known) {
  if (state_ != State::kOpen) return;
  auto envelope = make_envelope();
  *envelope.mutable_memory_down() = known;
  to_worker(envelope);
}

SayVerdict Session::say(const std::string& id, const std::string& text, SteadyTime now) {
  if (over() || end_after_playout_) return SayVerdict::kNoSession;
  if (state_ != State::kOpen || !leg_->reachable()) return SayVerdict::kNotYet;
  last_activity_ = now;
  auto envelope = make_envelope();
  envelope.mutable_say()->set_id(id);
  envelope.mutable_say()->set_text(text);
  continuity_.say(id, text);
  to_worker(envelope);
  return SayVerdict::kTaken;
}

void Session::close(std::string_view reason, SteadyTime now) {
  if (!over()) end(Tell::kDevice, reason, now);
}

void Session::replaced(SteadyTime now) {
  if (over()) return;
  count(SessionEvent::kReplaced);
  end(Tell::kNobody, "new hello", now);
}

ipc::Envelope Session::open_request() const {
  auto envelope = make_envelope();
  auto& open = *envelope.mutable_session_open();
  open.set_session_id(id().text);
  open.set_device_id(device().text());
  open.mutable_uplink()->set_sample_rate_hz(hello_.sample_rate_hz);
  open.mutable_uplink()->set_frame_duration_ms(to_ms(hello_.frame_duration));
  open.mutable_downlink()->set_sample_rate_hz(config_.downlink_rate_hz);
  open.mutable_downlink()->set_frame_duration_ms(to_ms(config_.playout.frame_duration));
  open.set_device_mcp(true);  // its own, or what its line has for it
  open.set_device_aec(hello_.aec);
  open.set_language(identity_.language);
  open.set_agent(identity_.agent);
  open.set_keeps_notebook(true);
  open.set_keeps_memory(config_.keeps_memory);
  open.set_report_text(config_.keep_text);
  open.set_report_audio(config_.keep_audio);
  open.set_keeps_checkpoint(true);
  if (resumed_after_ && !continuity_.earlier().empty()) {
    open.set_earlier(continuity_.earlier());
    open.set_earlier_ms_ago(static_cast<std::uint64_t>(resumed_after_->count()));
  }
  if (moving()) {
    open.set_checkpoint(continuity_.checkpoint());
    *open.mutable_moved() = continuity_.moved(playout_.newest_speech(), playout_.newest());
  }
  return envelope;
}

void Session::on_listen(const DeviceListen& listen, SteadyTime now) {
  last_activity_ = now;
  changed_ = true;
  if (hello_answered_) {
    control_rtt_.add_sample(std::chrono::duration_cast<Microseconds>(now - *hello_answered_));
    hello_answered_.reset();
  }
  if (listen.state == ListenState::kStop) {
    key_held_since_.reset();
    sends_since_.reset();
  }
  if (listen.state == ListenState::kStart) {
    awaits_listen_ = false;
    if (listen.unknown_mode) count(SessionEvent::kControlUnknownMode);
    mode_ = listen.mode;
    key_held_since_ = mode_ == ListenMode::kManual ? std::optional(now) : std::nullopt;
    // The user interrupted us (wake word, push-to-talk). But in auto mode the device says this after each
    // turn by itself, and that may cross the next turn's `tts start` on the wire.
    const auto since = playout_.speaking_since();
    const bool crossed = mode_ == ListenMode::kAuto && since && now - *since < control_rtt_.start_guard();
    if (mode_ != ListenMode::kRealtime && since && !crossed) silence(playout_.flush_all(now), false);
    sends_since_ = crossed ? std::nullopt : std::optional(now);
  }
  auto envelope = make_envelope();
  *envelope.mutable_listen() = to_ipc(listen);
  to_worker_kept(envelope);
  run_playout(now);  // an end that waited for the playout has nothing to wait for any more
}

void Session::on_abort(const DeviceAbort& abort, SteadyTime now) {
  last_activity_ = now;
  key_held_since_.reset();
  if (mode_ != ListenMode::kRealtime) sends_since_.reset();
  // After a button the device stays in Speaking until a `tts stop` comes, so it gets one always (trap 18).
  silence(playout_.flush_all(now), true);
  auto envelope = make_envelope();
  envelope.mutable_abort()->set_reason(abort.reason);
  to_worker_kept(envelope);
  run_playout(now);
}

void Session::to_worker_kept(const ipc::Envelope& control) {
  continuity_.add_control(control);
  to_worker(control);
}

void Session::on_speech_start(TurnId turn) {
  const auto verdict = playout_.speech_start(turn);
  if (verdict == PlayoutVerdict::kQueued) continuity_.speech_began(turn);
  count(verdict);
}

void Session::on_session_end(const ipc::SessionEnd& end, SteadyTime now) {
  auto reason = json::clean_text(end.reason(), kMaxShownTextBytes);
  if (end.farewell()) forget_dialogue();
  if (end.after_playout()) {
    end_after_playout_ = std::move(reason);  // run_playout() ends it
  } else {
    this->end(Tell::kDevice, reason, now);
  }
}

// A `tts start` that is lost would make the whole speech inaudible, so it waits for the device, not too long.
void Session::tell_turn_ended() {
  awaits_listen_ = mode_ != ListenMode::kRealtime;  // there none comes (trap 16)
  leg_->tell(TurnEnded{});
}

void Session::run_playout(SteadyTime now) {
  while (live() && !holds_speech_back(now)) {
    auto step = playout_.poll(now, control_rtt_.start_guard());
    if (!step) break;
    if (const auto* start = std::get_if<StartSpeech>(&*step)) {
      if (mode_ != ListenMode::kRealtime) sends_since_.reset();  // until its next `listen start`
      leg_->tell(TurnBegan{});
      report(ipc::PlayoutReport::kStarted, start->heard);
    } else if (const auto* sentence = std::get_if<ShowSentence>(&*step)) {
      leg_->tell(SentenceBegan{sentence->text});
      report(ipc::PlayoutReport::kSentence, sentence->heard);
    } else if (const auto* frame = std::get_if<SendFrame>(&*step)) {
      last_activity_ = now;
      send_frame(frame->opus, now);
    } else if (const auto* stop = std::get_if<StopSpeech>(&*step)) {
      // Before a goodbye it would only open the microphone once more.
      if (!end_after_playout_ || !playout_.idle()) tell_turn_ended();
      report(ipc::PlayoutReport::kFinished, stop->heard);
    }
  }
  count(SessionEvent::kSpeechStale, playout_.take_dropped_frames());
  if (!over() && end_after_playout_ && playout_.idle()) end(Tell::kDevice, *end_after_playout_, now);
}

void Session::send_frame(ByteView opus, SteadyTime now) {
  switch (leg_->play(opus)) {
    case FrameVerdict::kSent:
      if (++frames_sent_ % kKeptAnew == 0) changed_ = true;
      return count(SessionEvent::kDownlinkFrame);
    case FrameVerdict::kNobodyThere:
      return count(SessionEvent::kDownlinkNoAddress);
    case FrameVerdict::kUsedUp:
      return end(Tell::kDevice, "key used up", now);
  }
}

void Session::silence(const Flushed& flushed, bool stop_anyway) {
  count(SessionEvent::kSpeechFlushedFrames, flushed.frames_dropped);
  if (flushed.was_speaking || stop_anyway) tell_turn_ended();
  if (flushed.heard) report(ipc::PlayoutReport::kFlushed, *flushed.heard);
}

void Session::report(ipc::PlayoutReport::Event event, const Heard& heard) {
  continuity_.heard(heard);
  changed_ = true;
  auto envelope = make_envelope();
  auto& report = *envelope.mutable_playout_report();
  report.set_event(event);
  report.set_turn(number(heard.turn));
  report.set_sentence(heard.sentence);
  report.set_frames_played(heard.frames_played);
  if (event == ipc::PlayoutReport::kStarted) report.set_timestamp(leg_->next_timestamp());
  if (moving()) pending_report_ = report;
  to_worker(envelope);
}

void Session::end(Tell whom, std::string_view reason, SteadyTime now) {
  const auto left = playout_.flush_all(now);
  count(SessionEvent::kSpeechFlushedFrames, left.frames_dropped);
  const bool was_open = live();
  state_ = State::kOver;
  end_reason_ = reason;
  if (left.heard) report(ipc::PlayoutReport::kFlushed, *left.heard);
  // Before it was accepted the device knows of no session that could end.
  if (whom == Tell::kDevice && was_open) tell_loss();
  if (whom == Tell::kDevice && was_open) leg_->part(end_reason_);
}

ipc::Envelope Session::make_envelope() const {
  ipc::Envelope envelope;
  envelope.set_session(number(identity_.ssrc));
  return envelope;
}

void Session::count(PlayoutVerdict verdict) {
  switch (verdict) {
    case PlayoutVerdict::kQueued:
      return;
    case PlayoutVerdict::kStale:
      return count(SessionEvent::kSpeechStale);
    case PlayoutVerdict::kOutOfOrder:
      return count(SessionEvent::kSpeechOutOfOrder);
    case PlayoutVerdict::kOverflow:
      return count(SessionEvent::kSpeechOverflow);
  }
}

}  // namespace earshot::gateway
