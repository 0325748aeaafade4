#include "worker/providers/vad/energy_vad.h"

#include <algorithm>
#include <cmath>

namespace earshot::worker {

namespace {

constexpr double kLowestDb = -70;      // digital silence, DTX comfort noise
constexpr double kHighestDb = -25;     // speech itself must not become the floor
constexpr double kNeverBelowDb = -58;  // quieter than this nobody speaks to a device
// A frame each 20 ms: the floor falls within 0.1 s and climbs 2 dB a second, so that a sentence does not lift
// it.
constexpr double kFall = 0.2;
constexpr double kClimbDb = 0.04;

double level_db(std::span<const std::int16_t> frame) {
  if (frame.empty()) return kLowestDb;
  double energy = 0;
  for (const std::int16_t sample : frame) energy += static_cast<double>(sample) * sample;
  const double rms = std::sqrt(energy / static_cast<double>(frame.size())) / 32768.0;
  return std::max(kLowestDb, 20 * std::log10(rms + 1e-9));
}

}  // namespace

bool EnergyVad::is_speech(std::span<const std::int16_t> frame) {
  const double level = level_db(frame);
  if (level < floor_db_) {
    floor_db_ += kFall * (level - floor_db_);
  } else {
    floor_db_ += kClimbDb;
  }
  floor_db_ = std::clamp(floor_db_, kLowestDb, kHighestDb);
  return level > std::max(floor_db_ + margin_db_, kNeverBelowDb);
}

void EnergyVad::reset() {
  floor_db_ = kStartFloorDb;
}

}  // namespace earshot::worker
