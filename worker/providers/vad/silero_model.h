// Silero VAD 6: how probable it is that somebody speaks, for windows of 32 ms. One network in memory, any number of
// streams through it.
//
// It is computed here, from the numbers in the makers' file (silero_vad.onnx of the package silero-vad 6.2.3): the
// spectrum of the window, four convolutions, a memory of 128 cells. The makers' own outline is tinygrad_model.py in
// the same package. Half of what a library needs, and no library to load: decision 0012.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::worker {

inline constexpr std::size_t kSileroWindowSamples = 512;  // at 16 kHz

// What the network remembers of one stream of audio, 1.3 kB.
struct SileroState {
  static constexpr std::size_t kContextSamples = 64;
  static constexpr std::size_t kUnits = 128;

  std::array<float, kContextSamples> context{};  // the end of the window before
  std::array<float, kUnits> hidden{};
  std::array<float, kUnits> cell{};
};

// Immutable: used on any thread, by all streams at once. 1.3 MB.
class SileroModel {
 public:
  // Pure. kInvalid: not this model, cut off, or not of numbers.
  static Result<std::shared_ptr<const SileroModel>> from_onnx(std::string_view file);
  // `silero-vad/silero_vad.onnx` of a models folder. Reads 2 MB: startup only.
  // Errors: as above, with the file's name; kNotFound; kTooLarge.
  static Result<std::shared_ptr<const SileroModel>> load(const std::string& models_dir);

  SileroModel(const SileroModel&) = delete;
  SileroModel& operator=(const SileroModel&) = delete;
  ~SileroModel();

  // REQUIRES: window.size() == kSileroWindowSamples, samples from -1 to 1, following those of the call before.
  // RETURNS: the probability of speech. Costs 0.03 to 0.06 ms.
  float judge(std::span<const float> window, SileroState& state) const;

 private:
  struct Layers;
  explicit SileroModel(std::unique_ptr<const Layers> layers);

  std::unique_ptr<const Layers> layers_;
};

}  // namespace earshot::worker
