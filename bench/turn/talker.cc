#include "bench/turn/talker.h"

#include <utility>

namespace earshot::bench {

namespace {

constexpr Milliseconds kBetweenTurns{150};
constexpr Milliseconds kBeforeInterrupting{400};  // heard of the answer; it must still go on then

double ms_since(SteadyTime from) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
}

}  // namespace

Talker::Talker(asio::io_context& io, ScriptedGateway& gateway, const RecordedSpeech& speech, Figures& figures,
               std::uint32_t session, TalkerPlan plan, std::function<void()> on_over)
    : gateway_(gateway),
      speech_(speech),
      figures_(figures),
      session_(session),
      plan_(plan),
      on_over_(std::move(on_over)),
      microphone_(io),
      pause_(io),
      turns_left_(plan.turns) {}

void Talker::start() {
  gateway_.attach(session_, [this](const ipc::Envelope& envelope) { on_envelope(envelope); });
  ipc::Envelope envelope;
  ipc::SessionOpen& open = *envelope.mutable_session_open();
  open.set_session_id("bench-" + std::to_string(session_));
  open.set_device_id("02:00:00:00:00:01");
  open.mutable_uplink()->set_sample_rate_hz(16000);
  open.mutable_uplink()->set_frame_duration_ms(static_cast<std::uint32_t>(kPacket.count()));
  open.mutable_downlink()->set_sample_rate_hz(24000);
  open.mutable_downlink()->set_frame_duration_ms(static_cast<std::uint32_t>(kPacket.count()));
  open.set_language("en-US");
  send(std::move(envelope));
}

void Talker::on_envelope(const ipc::Envelope& envelope) {
  switch (envelope.body_case()) {
    case ipc::Envelope::kSessionOpened:
      return after(plan_.starts_after, &Talker::begin_turn);
    case ipc::Envelope::kSessionRefused:
      ++figures_.failed_turns;
      return finish();
    case ipc::Envelope::kSpeechStart:
      turn_ = envelope.speech_start().turn();
      packets_ = 0;
      if (!plan_.barge_in) microphone_on_ = false;  // as the device does in Speaking
      return;
    case ipc::Envelope::kAudioDown:
      if (envelope.audio_down().turn() != turn_) return;
      if (++packets_ == 1) on_first_audio(turn_);
      return;
    case ipc::Envelope::kSpeechEnd:
      return on_speech_end(envelope.speech_end().turn());
    case ipc::Envelope::kSpeechPause:
      return on_silence();
    default:
      return;
  }
}

void Talker::begin_turn() {
  state_ = State::kSpeaking;
  began_ = std::chrono::steady_clock::now();
  const bool goes_on = plan_.barge_in && microphone_on_;
  if (!goes_on) send(listen());
  begin_speaking(!goes_on);
}

void Talker::begin_speaking(bool microphone_starts) {
  next_packet_ = 0;
  first_voiced_.reset();
  last_voiced_.reset();
  if (!microphone_starts) return;  // its timer runs
  microphone_on_ = true;
  packet_due_ = std::chrono::steady_clock::now();
  send_packet();
}

void Talker::send_packet() {
  if (!microphone_on_ || state_ == State::kOver) return;
  ipc::Envelope envelope;
  const Bytes& opus = speech_.packets[next_packet_];
  envelope.mutable_audio_up()->set_opus(opus.data(), opus.size());
  envelope.mutable_audio_up()->set_sequence(++sequence_);
  send(std::move(envelope));
  const SteadyTime now = std::chrono::steady_clock::now();
  if (next_packet_ == speech_.first_voiced && !first_voiced_) first_voiced_ = now;
  if (next_packet_ == speech_.last_voiced && !last_voiced_) last_voiced_ = now;
  if (next_packet_ + 1 < speech_.packets.size()) ++next_packet_;

  const bool waits = state_ == State::kSpeaking || state_ == State::kInterrupting;
  if (waits && now - began_ > kPatience) {
    ++figures_.failed_turns;
    microphone_on_ = false;
    return end_turn();
  }
  packet_due_ += kPacket;
  microphone_.expires_at(packet_due_);
  microphone_.async_wait([this](error_code stopped) {
    if (!stopped) send_packet();
  });
}

void Talker::on_first_audio(std::uint32_t turn) {
  report(ipc::PlayoutReport::kStarted, turn);
  if (state_ != State::kSpeaking || !last_voiced_) return;
  figures_.first_audio_ms.push_back(ms_since(*last_voiced_));
  state_ = State::kAnswered;
  if (!plan_.barge_in) return;
  pause_.expires_after(kBeforeInterrupting);
  pause_.async_wait([this](error_code stopped) {
    if (stopped || state_ != State::kAnswered) return;
    state_ = State::kInterrupting;
    began_ = std::chrono::steady_clock::now();
    begin_speaking(false);
  });
}

// The reply is held up: the gateway sends no more of it.
void Talker::on_silence() {
  if (state_ != State::kInterrupting || !first_voiced_) return;
  figures_.barge_in_ms.push_back(ms_since(*first_voiced_));
  if (--turns_left_ == 0) return finish();
  state_ = State::kSpeaking;  // what interrupted is the next question
}

void Talker::on_speech_end(std::uint32_t turn) {
  if (plan_.barge_in || turn != turn_ || state_ != State::kAnswered) return;
  pause_.expires_after(kPacket * packets_);
  pause_.async_wait([this, turn](error_code stopped) {
    if (stopped) return;
    report(ipc::PlayoutReport::kFinished, turn);
    end_turn();
  });
}

void Talker::end_turn() {
  if (--turns_left_ <= 0) return finish();
  after(kBetweenTurns, &Talker::begin_turn);
}

void Talker::finish() {
  if (std::exchange(state_, State::kOver) == State::kOver) return;
  microphone_on_ = false;
  microphone_.cancel();
  pause_.cancel();
  ipc::Envelope envelope;
  envelope.mutable_session_close()->set_reason("the bench is done");
  send(std::move(envelope));
  on_over_();
}

void Talker::report(ipc::PlayoutReport::Event event, std::uint32_t turn) {
  ipc::Envelope envelope;
  envelope.mutable_playout_report()->set_event(event);
  envelope.mutable_playout_report()->set_turn(turn);
  envelope.mutable_playout_report()->set_sentence(1);
  send(std::move(envelope));
}

void Talker::after(Milliseconds delay, void (Talker::*next)()) {
  pause_.expires_after(delay);
  pause_.async_wait([this, next](error_code stopped) {
    if (!stopped && state_ != State::kOver) (this->*next)();
  });
}

void Talker::send(ipc::Envelope envelope) {
  envelope.set_session(session_);
  gateway_.send(envelope);
}

ipc::Envelope Talker::listen() const {
  ipc::Envelope envelope;
  envelope.mutable_listen()->set_state(ipc::Listen::kStart);
  envelope.mutable_listen()->set_mode(plan_.barge_in ? ipc::Listen::kRealtime : ipc::Listen::kAuto);
  return envelope;
}

}  // namespace earshot::bench
