// Changes the sample rate of a stream of mono PCM, piece by piece (libsoxr).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/audio/pcm.h"
#include "common/base/result.h"

struct soxr;

namespace earshot {

// Runs on: any one thread at a time.
// Owns: the filter's state; none when both rates are equal.
class Resampler {
 public:
  static Result<Resampler> create(int from_hz, int to_hz);  // each 4000..192000

  // RETURNS: what is ready; the filter holds a few ms back, so the first calls may give less or nothing.
  std::vector<std::int16_t> process(std::span<const std::int16_t> samples);
  // RETURNS: the rest. Afterwards the next process() begins a new stream.
  std::vector<std::int16_t> flush();

  int from_hz() const { return from_hz_; }
  int to_hz() const { return to_hz_; }

 private:
  struct Free {
    void operator()(::soxr* filter) const;
  };
  Resampler(std::unique_ptr<::soxr, Free> filter, int from_hz, int to_hz);

  std::unique_ptr<::soxr, Free> filter_;
  int from_hz_;
  int to_hz_;
};

// A whole clip at once.
Result<Pcm> resample(const Pcm& clip, int to_hz);

}  // namespace earshot
