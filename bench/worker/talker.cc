#include "bench/worker/talker.h"

#include <utility>

namespace earshot::bench {

namespace {

constexpr int kUplinkRateHz = 16000;
constexpr int kDownlinkRateHz = 24000;
constexpr Milliseconds kPacket{kPacketMs};

std::int64_t packets_within(SteadyTime from, SteadyTime to) {
  return std::chrono::duration_cast<Milliseconds>(to - from).count() / kPacketMs;
}

}  // namespace

Talker::Talker(std::uint32_t session, const UserSpeech& speech, SteadyTime begin, Send send)
    : session_(session), speech_(speech), send_(std::move(send)), next_packet_(begin) {}

void Talker::open() {
  ipc::Envelope message = envelope();
  ipc::SessionOpen& open = *message.mutable_session_open();
  open.set_session_id("bench-" + std::to_string(session_));
  open.set_device_id("02:00:00:00:00:01");
  open.mutable_uplink()->set_sample_rate_hz(kUplinkRateHz);
  open.mutable_uplink()->set_frame_duration_ms(kPacketMs);
  open.mutable_downlink()->set_sample_rate_hz(kDownlinkRateHz);
  open.mutable_downlink()->set_frame_duration_ms(kPacketMs);
  open.set_language("en-US");
  send_(message, false);
}

void Talker::on_envelope(const ipc::Envelope& message, SteadyTime now) {
  if (message.has_session_opened()) {
    opened_ = true;
  } else if (message.has_session_refused() || message.has_session_end()) {
    refused_ = true;
    state_ = State::kSilent;
  } else if (message.has_speech_start()) {
    state_ = State::kHearing;
    turn_ = message.speech_start().turn();
    frames_ = 0;
    playing_ = 0;
    sentences_.clear();
    all_sent_ = false;
  } else if (message.has_sentence_start()) {
    sentences_.push_back({.number = message.sentence_start().sentence(), .first_frame = frames_});
  } else if (message.has_audio_down() && message.audio_down().turn() == turn_) {
    if (frames_++ == 0) {
      first_audio_ = now;
      stats_.answer_ms.push_back(std::chrono::duration<double, std::milli>(now - speech_end_).count());
      report(ipc::PlayoutReport::kStarted, 0, 0);
    }
    ++stats_.frames_down;
  } else if (message.has_speech_end() && message.speech_end().turn() == turn_) {
    all_sent_ = true;
  }
}

void Talker::tick(SteadyTime now) {
  if (!opened_) return;
  switch (state_) {
    case State::kSilent:
      if (!refused_ && now >= next_packet_) listen(next_packet_);
      return;
    case State::kListening:
      for (; next_packet_ <= now; next_packet_ += kPacket) send_packet(next_packet_);
      if (position_ > speech_.speech.size() && now - speech_end_ > kPatience) {
        ++stats_.unanswered;
        listen(now);
      }
      return;
    case State::kHearing:
      return hear(now);
  }
}

void Talker::listen(SteadyTime now) {
  state_ = State::kListening;
  position_ = 0;
  next_packet_ = now;
  ipc::Envelope message = envelope();
  message.mutable_listen()->set_state(ipc::Listen::kStart);
  message.mutable_listen()->set_mode(ipc::Listen::kAuto);
  send_(message, false);
}

void Talker::send_packet(SteadyTime at) {
  const std::size_t spoken = speech_.speech.size();
  const Bytes& opus = position_ < spoken ? speech_.speech[position_]
                                         : speech_.silence[(position_ - spoken) % speech_.silence.size()];
  if (++position_ == spoken) speech_end_ = at;
  ipc::Envelope message = envelope();
  ipc::AudioUp& audio = *message.mutable_audio_up();
  audio.set_opus(opus.data(), opus.size());
  audio.set_sequence(++sequence_);
  audio.set_arrival_us(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count()));
  send_(message, true);
  ++stats_.frames_up;
}

void Talker::hear(SteadyTime now) {
  if (frames_ > 0) {
    const auto played = static_cast<std::uint64_t>(packets_within(first_audio_, now));
    while (playing_ < sentences_.size() && sentences_[playing_].first_frame <= played) {
      report(ipc::PlayoutReport::kSentence, sentences_[playing_].number, played);
      ++playing_;
    }
    if (!all_sent_ || played < frames_) return;
    report(ipc::PlayoutReport::kFinished, sentences_.empty() ? 0 : sentences_.back().number, frames_);
    ++stats_.turns;
  } else if (!all_sent_) {
    return;
  }
  listen(now);
}

void Talker::report(ipc::PlayoutReport::Event event, std::uint32_t sentence, std::uint64_t frames) {
  ipc::Envelope message = envelope();
  ipc::PlayoutReport& played = *message.mutable_playout_report();
  played.set_event(event);
  played.set_turn(turn_);
  played.set_sentence(sentence);
  played.set_frames_played(static_cast<std::uint32_t>(frames));
  send_(message, false);
}

ipc::Envelope Talker::envelope() const {
  ipc::Envelope message;
  message.set_session(session_);
  return message;
}

}  // namespace earshot::bench
