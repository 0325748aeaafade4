#include "gateway/doors/calls/call_worker.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

bool CallWorker::begin(Call& call, const ipc::SessionOpen& open, SteadyTime now) {
  ssrc_ = host_.begin_call(call, open, now);
  return ssrc_.has_value();
}

void CallWorker::gone() {
  ssrc_.reset();
  placed_ = false;
  uplink_.forget_all();
  heard_.stop();
  forget_hearing();
}

void CallWorker::end(std::string_view reason) {
  if (const auto ssrc = std::exchange(ssrc_, std::nullopt)) host_.end_call(*ssrc, reason);
  placed_ = false;
}

void CallWorker::say(ipc::Envelope envelope) {
  if (envelope.has_call_update() || envelope.has_listen()) forget_hearing();
  if (placed_) host_.call_says(*ssrc_, envelope);
}

void CallWorker::say_listen(ipc::Listen::State state, ipc::Listen::Mode mode) {
  ipc::Envelope envelope;
  envelope.mutable_listen()->set_state(state);
  envelope.mutable_listen()->set_mode(mode);
  say(std::move(envelope));
}

void CallWorker::abort() {
  heard_.stop();
  uplink_.forget_answers();
  forget_hearing();
  ipc::Envelope abort;
  abort.mutable_abort()->set_reason("the caller");
  say(std::move(abort));
}

void CallWorker::decided() {
  if (std::exchange(decides_until_, std::nullopt)) hears_ = false;
}

void CallWorker::forget_hearing() {
  hears_ = false;
  decides_until_.reset();
}

bool CallWorker::pump(SteadyTime now, bool ready) {
  if (!placed_) return false;
  if (decides_until_ && now >= *decides_until_) decided();
  bool asked = false;
  // What is asked for holds up a `listen start` behind it.
  while (auto step = uplink_.next(now, ready && !asked && !decides_until_)) {
    if (const auto* frame = std::get_if<CallUplink::Frame>(&*step)) {
      auto& audio = *audio_up_.mutable_audio_up();
      audio.mutable_opus()->assign(as_text(frame->sound));
      audio.set_sequence(++sequence_);
      host_.call_sends_audio(*ssrc_, audio_up_);
      continue;
    }
    auto& said = std::get<ipc::Envelope>(*step);
    const bool asks = said.has_respond() || said.has_say();
    const bool starts = said.has_listen() && said.listen().state() == ipc::Listen::kStart;
    if (starts || asks) finish_heard(now);
    if (starts || asks) hears_ = starts;
    if (said.has_listen() && !starts) decides_until_ = now + kDecidingPatience;
    asked = asked || asks;
    host_.call_says(*ssrc_, said);
  }
  report_heard(now);
  return asked;
}

void CallWorker::touched() {
  if (ssrc_) host_.call_touched(*ssrc_);
}

std::optional<SteadyTime> CallWorker::next_deadline(bool ready) const {
  if (!placed_) return std::nullopt;
  auto up = uplink_.next_deadline(ready && !decides_until_);
  if (!up && ready && !uplink_.empty()) up = decides_until_;
  const auto heard = heard_.next_deadline();
  if (!up || !heard) return up ? up : heard;
  return std::min(*up, *heard);
}

void CallWorker::report_heard(SteadyTime now) {
  const std::uint32_t turn = heard_.turn();
  while (const auto due = heard_.next(now)) {
    ipc::Envelope envelope;
    auto& report = *envelope.mutable_playout_report();
    report.set_turn(turn);
    report.set_sentence(due->sentence);
    report.set_frames_played(static_cast<std::uint32_t>(due->played_ms / down_frame_ms_));
    switch (due->kind) {
      case HeardEstimate::Report::Kind::kStarted:
        report.set_event(ipc::PlayoutReport::kStarted);
        break;
      case HeardEstimate::Report::Kind::kSentence:
        report.set_event(ipc::PlayoutReport::kSentence);
        break;
      case HeardEstimate::Report::Kind::kFinished:
        report.set_event(ipc::PlayoutReport::kFinished);
        break;
    }
    say(std::move(envelope));
  }
}

// Who asks for more has not interrupted: all of what plays still is taken for heard.
void CallWorker::finish_heard(SteadyTime now) {
  constexpr Milliseconds kLongEnough{24 * 3'600'000};
  report_heard(now + kLongEnough);
}

}  // namespace earshot::gateway
