// Voice activity from loudness above a noise floor that adapts. Pure.
#pragma once

#include <cstdint>
#include <span>

namespace earshot::worker {

class EnergyVad {
 public:
  explicit EnergyVad(double margin_db) : margin_db_(margin_db) {}

  bool is_speech(std::span<const std::int16_t> frame);
  void reset();

 private:
  double margin_db_;
  double floor_db_ = kStartFloorDb;

  static constexpr double kStartFloorDb =
      -50;  // relative to full scale: a quiet room through a cheap microphone
};

}  // namespace earshot::worker
