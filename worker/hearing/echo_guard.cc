#include "worker/hearing/echo_guard.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

constexpr double kLeastLearntLossDb = 10;
constexpr double kGreatestLossDb = 40;  // beyond it the echo drowns in the noise of any room
constexpr int kEnoughFrames = 100;      // two seconds of a reply hold a tenth that is nearly its loudest

}  // namespace

void EchoGuard::begin(SteadyTime now) {
  expire(now);
  phase_ = Phase::kOn;
  heard_.reset();
  frames_ = 0;
}

void EchoGuard::raise_reply(double loudest_db) {
  const double level = std::min(loudest_db, 0.0);
  reply_db_ = std::max(reply_db_, level);
  if (phase_ == Phase::kTail) next_reply_db_ = std::max(next_reply_db_, level);
}

void EchoGuard::end(SteadyTime now, bool interrupted) {
  if (phase_ != Phase::kOn) return;
  if (!interrupted) learn();
  phase_ = Phase::kTail;
  off_at_ = now + kTail;
}

void EchoGuard::unmute(double least_loss_db) {
  if (!std::exchange(muted_, false)) return;
  loss_db_ = std::max(loss_db_, least_loss_db);
}

void EchoGuard::go_on(double loss_db) {
  loss_db_ = std::clamp(loss_db, kLeastLearntLossDb, kGreatestLossDb);
}

bool EchoGuard::is_user(double frame_db, bool voiced, SteadyTime now) {
  expire(now);
  if (phase_ == Phase::kOff) return voiced;
  if (muted_) return false;
  heard_.add_frame(frame_db);
  ++frames_;
  return voiced && frame_db > threshold_db();
}

void EchoGuard::expire(SteadyTime now) {
  if (phase_ != Phase::kTail || now < off_at_) return;
  phase_ = Phase::kOff;
  reply_db_ = std::exchange(next_reply_db_, kSilenceDb);
}

void EchoGuard::learn() {
  if (frames_ < kEnoughFrames || reply_db_ <= kSilenceDb) return;
  const double seen = std::clamp(reply_db_ - heard_.loudest_db(), kLeastLearntLossDb, kGreatestLossDb);
  loss_db_ += std::clamp(seen - loss_db_, -kMaxStepDb, kMaxStepDb);
}

}  // namespace earshot::worker
