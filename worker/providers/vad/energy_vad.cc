#include "worker/providers/vad/energy_vad.h"

#include <algorithm>
#include <cmath>

namespace earshot::worker {

namespace {

// All relative to full scale.
constexpr double kLowestDb = -70;      // digital silence, DTX comfort noise
constexpr double kStartFloorDb = -50;  // a quiet room through a cheap microphone
constexpr double kHighestDb = -25;     // speech itself must not become the floor
constexpr double kNeverBelowDb = -58;  // quieter than this nobody speaks to a device
constexpr int kBlockFrames = 20;

double level_db(std::span<const std::int16_t> frame) {
  if (frame.empty()) return kLowestDb;
  double energy = 0;
  for (const std::int16_t sample : frame) energy += static_cast<double>(sample) * sample;
  const double rms = std::sqrt(energy / static_cast<double>(frame.size())) / 32768.0;
  return std::max(kLowestDb, 20 * std::log10(rms + 1e-9));
}

}  // namespace

EnergyVad::EnergyVad(double margin_db) : margin_db_(margin_db) {
  reset();
}

bool EnergyVad::is_speech(std::span<const std::int16_t> frame) {
  const double level = level_db(frame);
  if (frames_in_block_ == kBlockFrames) {
    block_ = (block_ + 1) % quietest_db_.size();
    quietest_db_[block_] = level;
    frames_in_block_ = 0;
  }
  quietest_db_[block_] = std::min(quietest_db_[block_], level);
  ++frames_in_block_;
  return level > std::max(floor_db() + margin_db_, kNeverBelowDb);
}

void EnergyVad::reset() {
  quietest_db_.fill(kStartFloorDb);
  block_ = 0;
  frames_in_block_ = 0;
}

double EnergyVad::floor_db() const {
  return std::clamp(*std::min_element(quietest_db_.begin(), quietest_db_.end()), kLowestDb, kHighestDb);
}

}  // namespace earshot::worker
