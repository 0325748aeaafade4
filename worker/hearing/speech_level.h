// The loudest tenth of a second of a stretch of audio. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace earshot::worker {

inline constexpr double kSilenceDb = -90;  // dBFS: no sound

// Level of a piece of audio in dB relative to full scale, by its mean square.
double level_db(std::span<const std::int16_t> samples);

class SpeechLevel {
 public:
  // Pieces of any length, counted in frames of 20 ms.
  // RETURNS: whether loudest_db() rose.
  bool add(std::span<const std::int16_t> samples, int sample_rate_hz);
  bool add_frame(double frame_db);  // 20 ms
  double loudest_db() const { return loudest_db_; }
  void reset() { *this = {}; }

 private:
  static constexpr std::size_t kFrames = 5;  // of 20 ms

  std::array<double, kFrames> mean_squares_{};
  std::size_t next_ = 0;
  double loudest_db_ = kSilenceDb;
  double sum_ = 0;  // of the squares of the frame that is not full yet
  int samples_ = 0;
};

}  // namespace earshot::worker
