// How a Session comes from one gateway to the next: the device keeps its keys and notices little; a worker is given the
// checkpoint as if another one had died (docs/decisions/0020).
#include <algorithm>

#include "gateway/live/session/session.h"

namespace earshot::gateway {

namespace {

// A device reconnects to its broker each 10 s (device-protocol 1.4), and needs a moment to do it.
constexpr Milliseconds kReconnect{15'000};

}  // namespace

std::optional<SessionRemains> Session::remains() const {
  if (!live() || end_after_playout_ || dialogue_ends_ || !continuity_.is_usable()) return std::nullopt;
  if (continuity_.checkpoint().empty()) return std::nullopt;
  SessionRemains remains{.mode = mode_,
                         .listening = sends_since_.has_value(),
                         .spoken = continuity_.moved(playout_.newest_speech(), playout_.newest())};
  ipc::Moved& spoken = remains.spoken;
  if (spoken.speech() == ipc::Moved::kEnded) spoken.set_speech(ipc::Moved::kOpen);
  if (spoken.speech() != ipc::Moved::kOpen) return remains;
  const std::uint32_t played = spoken.heard() == 0 ? 0 : spoken.heard() - 1;
  const int known = std::min(spoken.said_size(), static_cast<int>(played));
  spoken.mutable_said()->DeleteSubrange(known, spoken.said_size() - known);
  spoken.set_sentences(static_cast<std::uint32_t>(known));
  return remains;
}

const std::string& Session::dialogue() const {
  static const std::string kNothing;
  return dialogue_ends_ ? kNothing : continuity_.dialogue();
}

// It is told where it is as soon as it can be: as any device that lost its connection (tell_state_again()).
void Session::go_on_from(const SessionRemains& before, SteadyTime now) {
  state_ = State::kMoving;
  changed_ = true;
  mode_ = before.mode;
  last_activity_ = now;
  away_since_ = now;
  away_patience_ = kReconnect;
  awaits_listen_ = mode_ != ListenMode::kRealtime;
  if (before.listening) {
    last_heard_ = now;
    if (mode_ == ListenMode::kManual) {
      key_held_since_ = now;  // or it was let go meanwhile: the device may be silent
    } else {
      sends_since_ = now;
    }
  }
  continuity_.go_on_from(before.checkpoint, before.spoken);
  if (before.spoken.speech() == ipc::Moved::kNone) return;
  const TurnId turn{before.spoken.turn()};
  (void)playout_.speech_start(turn);
  if (before.spoken.speech() == ipc::Moved::kOver) (void)playout_.flush(turn, now);
}

}  // namespace earshot::gateway
