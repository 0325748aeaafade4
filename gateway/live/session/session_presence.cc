// A Session whose device may not be there: the broker lost it, or nothing comes of it any more.
#include <algorithm>

#include "gateway/live/session/session.h"

namespace earshot::gateway {

namespace {

// Longer than Wi-Fi takes to be there again, far shorter than until a farewell.
constexpr Milliseconds kSilencePatience{20'000};

}  // namespace

void Session::presence(bool online, SteadyTime now) {
  if (!live()) return;
  if (online == away_since_.has_value()) {
    away_since_.reset();
    away_patience_ = kAwayPatience;
    if (!online) {
      away_since_ = now;
      count(SessionEvent::kDeviceAway);
    }
    auto envelope = make_envelope();
    envelope.mutable_device_link()->set_online(online);
    to_worker(envelope);
  }
  if (online) tell_state_again();
  run_playout(now);
}

// What was said on a connection that broke is lost, some of it before anybody knew. In Speaking without the end the
// device stays deaf; in Listening it talks to nobody until it has said `listen start`, which it does behind a turn.
// All of this is harmless to a device that missed nothing.
void Session::tell_state_again() {
  if (speaking()) return leg_->tell(TurnBegan{});
  // In realtime it goes on hearing, but a press of its button would mean something else.
  if (!awaits_listen_ && mode_ == ListenMode::kRealtime) return leg_->tell(TurnEnded{});
  // Speech that waits is begun right behind this, and ends as any.
  if (!awaits_listen_ || !playout_.idle()) return;
  leg_->tell(TurnBegan{});
  leg_->tell(TurnEnded{});
}

bool Session::holds_speech_back(SteadyTime now) const {
  return away_since_ && !speaking() && now < *away_since_ + away_patience_;
}

std::optional<SteadyTime> Session::next_deadline() const {
  if (!live()) return std::nullopt;
  const SteadyTime idle_end = last_activity_ + config_.idle_timeout;
  auto playout = playout_.next_deadline().value_or(idle_end);
  if (away_since_ && !speaking()) playout = std::max(playout, *away_since_ + away_patience_);  // held back
  return std::min({playout, idle_end, silence_end().value_or(idle_end)});
}

// It lost its power, or hung up while the broker had lost it. Speech to a device that is idle would hang it
// (trap 38): it gets a goodbye instead of a farewell.
std::optional<SteadyTime> Session::silence_end() const {
  if (!sends_since_ || !last_heard_ || !leg_->is_gone_when_silent()) return std::nullopt;
  return std::max(*sends_since_, *last_heard_) + kSilencePatience;
}

}  // namespace earshot::gateway
