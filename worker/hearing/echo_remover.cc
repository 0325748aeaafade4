#include "worker/hearing/echo_remover.h"

#include <algorithm>
#include <array>

#include "worker/hearing/speech_level.h"

namespace earshot::worker {

namespace {

constexpr std::int64_t kPiece = kEchoPieceSamples;
constexpr std::int64_t kPlaceSamplesPerMs = kEchoRateHz / 1000;
// The sound of a frame may come a little before the packet that names it: a board names a frame when it has handed
// it over, half of which has left by then. The canceller only looks back.
constexpr std::int64_t kAhead = 30 * kPlaceSamplesPerMs;
// Behind what was played its echo is still on the way, and the filter still helps.
constexpr int kQuietPieces = 100;
// Speech of the reply counts as loud down to that, and is in the microphone for so many pieces.
constexpr double kLoudBelowLoudestDb = 10;
constexpr int kLoudPieces = 15;
constexpr double kAudibleDb = -50;
// 300 ms of loud speech without an audible rest; a rest takes three of them back.
constexpr int kConverged = 30;
constexpr int kSetback = 3;

}  // namespace

void EchoRemover::clean(const UplinkPacket& packet, std::span<std::int16_t> heard) {
  follow(packet);
  std::array<std::int16_t, kEchoPieceSamples> played{};
  for (; place_ && heard.size() >= kEchoPieceSamples; heard = heard.subspan(kEchoPieceSamples)) {
    const auto piece = heard.first(kEchoPieceSamples);
    played.fill(0);
    if (*place_ < known_until_) {
      reference_.read(*place_, played);
    } else if (++quiet_pieces_ > kQuietPieces) {
      place_.reset();
      return;
    }
    *place_ += kPiece;
    canceller_->cancel(played, piece);
    judge(level_db(played), level_db(piece));
  }
}

void EchoRemover::lose() {
  converged_ = false;
  score_ = 0;
  loudest_db_ = kSilenceDb;
  loud_ago_ = kLoudPieces;
}

// A packet without a timestamp goes on where the one before has ended, for one frame: it was lost, or the board had
// too many timestamps (it sends 0 then).
void EchoRemover::follow(const UplinkPacket& packet) {
  if (packet.lost || packet.timestamp == 0 || !reference_.knows(packet.timestamp)) return;
  const std::int64_t frame = std::int64_t{reference_.frame_ms()} * kPlaceSamplesPerMs;
  const std::int64_t place = std::int64_t{packet.timestamp} * kPlaceSamplesPerMs + kAhead;
  if (place_ && *place_ != place) lose();
  place_ = place;
  known_until_ = place + 2 * frame;
  quiet_pieces_ = 0;
}

void EchoRemover::judge(double played_db, double left_db) {
  if (converged_ || played_db == kSilenceDb) return;
  loudest_db_ = std::max(loudest_db_, played_db);
  const bool loud = played_db > kAudibleDb && played_db >= loudest_db_ - kLoudBelowLoudestDb;
  loud_ago_ = loud ? 0 : loud_ago_ + 1;
  if (left_db >= loudest_db_ - kRemovedDb) {
    score_ = std::max(score_ - kSetback, 0);
  } else if (loud_ago_ < kLoudPieces && ++score_ >= kConverged) {
    converged_ = true;
  }
}

}  // namespace earshot::worker
