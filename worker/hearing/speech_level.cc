#include "worker/hearing/speech_level.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace earshot::worker {

namespace {

constexpr double kFullScale = 32768.0;
constexpr int kFramesASecond = 50;

double to_db(double mean_square) {
  return std::max(kSilenceDb, 10 * std::log10(mean_square + 1e-12));
}

double square(std::int16_t sample) {
  const double value = sample / kFullScale;
  return value * value;
}

}  // namespace

double level_db(std::span<const std::int16_t> samples) {
  if (samples.empty()) return kSilenceDb;
  double sum = 0;
  for (const std::int16_t sample : samples) sum += square(sample);
  return to_db(sum / static_cast<double>(samples.size()));
}

bool SpeechLevel::add(std::span<const std::int16_t> samples, int sample_rate_hz) {
  const int frame = std::max(1, sample_rate_hz / kFramesASecond);
  bool rose = false;
  for (const std::int16_t sample : samples) {
    sum_ += square(sample);
    if (++samples_ < frame) continue;
    rose |= add_frame(to_db(sum_ / samples_));
    sum_ = 0;
    samples_ = 0;
  }
  return rose;
}

bool SpeechLevel::add_frame(double frame_db) {
  mean_squares_[next_] = std::pow(10, frame_db / 10);
  next_ = (next_ + 1) % kFrames;
  const double mean = std::accumulate(mean_squares_.begin(), mean_squares_.end(), 0.0) / kFrames;
  const double level = to_db(mean);
  if (level <= loudest_db_) return false;
  loudest_db_ = level;
  return true;
}

}  // namespace earshot::worker
