// How a Session comes from one worker to another: what plays goes on, what the device says is kept and given to the
// next worker, and what was asked of the device is not asked twice (docs/decisions/0013).
#include <utility>

#include "gateway/live/session/session.h"

namespace earshot::gateway {

namespace {

constexpr Alert kLost{
    .status = "Error", .message = "The conversation was lost. Please ask again.", .emotion = "sad"};

}  // namespace

void Session::worker_lost(SteadyTime now) {
  if (over() || (moving() && end_after_playout_)) return;
  count(SessionEvent::kWorkerLost);
  if (state_ == State::kOpening || !continuity_.is_usable()) {
    worker_ = {};
    return end(Tell::kDevice, "worker lost", now);
  }
  const bool may_move = continuity_.lost_worker();
  if (!moving()) begin_move(now);  // else the next one died when it was asked
  if (may_move || end_after_playout_) return;
  count(SessionEvent::kMovedTooOften);
  give_up("its workers were lost", now);
}

bool Session::hand_over(SteadyTime now) {
  if (state_ != State::kOpen || !continuity_.is_usable() || end_after_playout_) return false;
  begin_move(now);
  return !over();
}

void Session::begin_move(SteadyTime now) {
  state_ = State::kMoving;
  worker_ = {};
  last_activity_ = now;
  pending_report_.reset();
  playout_.resume(playout_.newest());  // nobody else would
  if (continuity_.has_cut_sentence()) playout_.take_back_sentence();
  if (tools_ != nullptr) tools_->worker_gone(continuity_.settled_requests(), now);
  run_playout(now);
}

void Session::go_on_with(WorkerLeg worker, SteadyTime now) {
  state_ = State::kOpen;
  worker_ = worker;
  last_activity_ = now;
  count(SessionEvent::kMoved);
  continuity_.carried_by(worker.hands_over());
  if (!worker.hands_over()) playout_.end_newest();  // it begins anew: nobody speaks what is missing
  if (away_since_) {
    auto envelope = make_envelope();
    envelope.mutable_device_link()->set_online(false);
    to_worker(envelope);
  }
  if (pending_report_) {
    auto envelope = make_envelope();
    *envelope.mutable_playout_report() = *std::exchange(pending_report_, std::nullopt);
    to_worker(envelope);
  }
  for (const ipc::Say& say : continuity_.says()) {
    auto envelope = make_envelope();
    *envelope.mutable_say() = say;
    to_worker(envelope);
  }
  memory_.audio_up.set_session(number(identity_.ssrc));
  continuity_.uplink().give_again(
      memory_.audio_up, [this](const ipc::Envelope& audio) { worker_.send_audio(audio); },
      [this](const ipc::Envelope& control) { to_worker(control); });
  run_playout(now);
}

// No worker goes on with it: what has come is heard to its end.
void Session::give_up(std::string_view reason, SteadyTime now) {
  playout_.end_newest();
  tells_loss_ = true;
  end_after_playout_ = reason;
  run_playout(now);
}

void Session::tell_loss() {
  if (std::exchange(tells_loss_, false)) leg_->tell(kLost);
}

}  // namespace earshot::gateway
