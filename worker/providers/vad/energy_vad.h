// Voice activity from loudness above a noise floor that adapts. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace earshot::worker {

// The floor is the quietest frame of the last two seconds: speech falls to the level of the room between its
// sounds, a fan does not, so a steady noise is learnt in two seconds and a long sentence never.
class EnergyVad {
 public:
  explicit EnergyVad(double margin_db);

  bool is_speech(std::span<const std::int16_t> frame);  // frames of 20 ms
  void reset();

 private:
  double floor_db() const;

  double margin_db_;
  std::array<double, 5> quietest_db_{};  // of each of the latest blocks of frames, the current one at block_
  std::size_t block_ = 0;
  int frames_in_block_ = 0;
};

}  // namespace earshot::worker
