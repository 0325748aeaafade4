#include "gateway/doors/mqtt_udp/replay_window.h"

#include <algorithm>

namespace earshot::gateway {

namespace {

// A device queues up to 40 packets, sends up to 33 at once for a wake word (device-protocol 7.1, 6.3), and
// its clock is not ours: twice real time and a few hundred packets bound it with room to spare.
constexpr std::uint64_t kRateMargin = 2;
constexpr std::uint64_t kBurstMargin = 512;

}  // namespace

ReplayWindow::ReplayWindow(SteadyTime start, Milliseconds frame_duration)
    : start_(start), frame_duration_(std::max(frame_duration, Milliseconds{1})) {}

ReplayVerdict ReplayWindow::take(std::uint32_t sequence, Content content, SteadyTime now) {
  if (sequence == 0) return ReplayVerdict::kZero;
  if (!is_plausible(sequence, now)) return ReplayVerdict::kImplausible;
  const bool sound = content == Content::kSound;
  if (sequence <= highest_) {
    const std::uint32_t age = highest_ - sequence;
    if (age >= kWidth) {
      if (sequence <= confirmed_) return ReplayVerdict::kTooOld;
      if (!sound || !continue_run(sequence)) return ReplayVerdict::kUnconfirmed;
      restart_at(sequence);
      return ReplayVerdict::kFresh;
    }
    const std::uint64_t bit = std::uint64_t{1} << age;
    if ((seen_ & bit) != 0) return ReplayVerdict::kDuplicate;
    seen_ |= bit;
    if (sound) continue_run(sequence);
    return ReplayVerdict::kFresh;
  }

  const std::uint32_t step = sequence - highest_;
  const bool confirmed = sound && continue_run(sequence);
  if (step > (sound ? kWidth : kMaxStep)) {
    if (!confirmed) return ReplayVerdict::kUnconfirmed;
    restart_at(sequence);
    return ReplayVerdict::kFresh;
  }
  seen_ = step == kWidth ? 0 : seen_ << step;
  seen_ |= 1;
  highest_ = sequence;
  return ReplayVerdict::kFresh;
}

ReplayVerdict ReplayWindow::fault_of(std::uint32_t sequence, SteadyTime now) const {
  if (sequence == 0) return ReplayVerdict::kZero;
  if (!is_plausible(sequence, now)) return ReplayVerdict::kImplausible;
  if (sequence > highest_) return ReplayVerdict::kFresh;
  const std::uint32_t age = highest_ - sequence;
  if (age >= kWidth) return sequence <= confirmed_ ? ReplayVerdict::kTooOld : ReplayVerdict::kFresh;
  return (seen_ >> age & 1) != 0 ? ReplayVerdict::kDuplicate : ReplayVerdict::kFresh;
}

void ReplayWindow::go_on_from(std::uint32_t sequence) {
  restart_at(sequence);
  confirmed_ = std::max(confirmed_, sequence);
  run_last_ = sequence;
  run_length_ = kRunLength;
}

void ReplayWindow::begin_anew() {
  *this = ReplayWindow(start_, frame_duration_);
}

bool ReplayWindow::is_plausible(std::uint32_t sequence, SteadyTime now) const {
  const auto elapsed = std::max(now - start_, SteadyTime::duration::zero());
  const auto frames = static_cast<std::uint64_t>(elapsed / frame_duration_);
  return sequence <= frames * kRateMargin + kBurstMargin;
}

// Follows the sequences that come one after another.
// RETURNS: whether `sequence` ends a run of kRunLength.
bool ReplayWindow::continue_run(std::uint32_t sequence) {
  const bool follows = sequence > run_last_ && sequence - run_last_ <= kMaxStep;
  run_length_ = follows ? std::min(run_length_ + 1, kRunLength) : 1;
  run_last_ = sequence;
  if (run_length_ < kRunLength) return false;
  confirmed_ = std::max(confirmed_, sequence);
  return true;
}

void ReplayWindow::restart_at(std::uint32_t sequence) {
  highest_ = sequence;
  seen_ = ~std::uint64_t{0};  // what lies before was refused, or taken before the jump: it is over
}

}  // namespace earshot::gateway
