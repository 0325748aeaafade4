#include "worker/providers/voiceprint/voiceprint_encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "worker/providers/neural/dense.h"
#include "worker/providers/neural/lstm_cell.h"
#include "worker/providers/neural/onnx_weights.h"
#include "worker/providers/voiceprint/mel_spectrum.h"

namespace earshot::worker {

namespace {

using neural::Dense;
using neural::LstmCell;

constexpr std::size_t kUnits = 256;
constexpr std::size_t kLayers = 3;
constexpr std::size_t kBands = MelSpectrum::kBands;
static_assert(Voiceprint{}.size() == kUnits && Dense::width(kUnits) == kUnits);

// The encoder was taught with stretches of 1.6 s. Longer speech is read in several, 1.3 a second, and their
// voiceprints are averaged (resemblyzer/voice_encoder.py).
constexpr std::size_t kStretch = 160;
constexpr std::size_t kStretchStep = 77;

constexpr std::size_t kSamplesOfMs = kVoiceprintSampleRateHz / 1000;
constexpr std::size_t kFrame = 20 * kSamplesOfMs;
constexpr std::size_t kLeastSpeech = kLeastVoiceprintSpeech.count() * kSamplesOfMs;
constexpr std::size_t kMostSpeech = kMostVoiceprintSpeech.count() * kSamplesOfMs;
constexpr std::size_t kMostAudio = 60'000 * kSamplesOfMs;
// A frame 30 dB below the loudest is no speech, nor is what a quiet microphone gives all the time.
constexpr double kBelowLoudest = 1e-3;
constexpr double kQuietMeanSquare = 1.6e-6;  // -58 dBFS: nobody speaks to a device more quietly (EnergyVad)
constexpr double kUsualMeanSquare = 1e-3;    // -30 dBFS: speech that is quieter is made so loud

class Weights {
 public:
  explicit Weights(std::span<const float> all) : rest_(all) {}
  std::span<const float> next(std::size_t count) {
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  std::span<const float> rest_;
};

double mean_square(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * double{sample};
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

// The frames in which somebody speaks, one behind the other, as loud as usual.
std::vector<float> speech_in(std::span<const std::int16_t> pcm) {
  pcm = pcm.first(std::min(pcm.size(), kMostAudio));
  std::vector<float> all(pcm.size() / kFrame * kFrame);
  std::transform(pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(all.size()), all.begin(),
                 [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  double loudest = 0;
  for (std::size_t at = 0; at < all.size(); at += kFrame) {
    loudest = std::max(loudest, mean_square(std::span(all).subspan(at, kFrame)));
  }
  const double least = std::max(loudest * kBelowLoudest, kQuietMeanSquare);
  std::vector<float> speech;
  for (std::size_t at = 0; at < all.size() && speech.size() < kMostSpeech; at += kFrame) {
    const auto frame = std::span(all).subspan(at, kFrame);
    if (mean_square(frame) > least) speech.insert(speech.end(), frame.begin(), frame.end());
  }
  const double level = mean_square(speech);
  if (level > 0 && level < kUsualMeanSquare) {
    const auto gain = static_cast<float>(std::sqrt(kUsualMeanSquare / level));
    for (float& sample : speech) sample *= gain;
  }
  return speech;
}

// RETURNS: false: it has no direction.
bool make_length_one(Voiceprint& print) {
  const float length = std::sqrt(similarity(print, print));
  if (!(length > 0) || !std::isfinite(length)) return false;
  for (float& number : print) number /= length;
  return true;
}

class VoiceprintEncoder final : public VoiceprintEngine {
 public:
  explicit VoiceprintEncoder(std::span<const float> all) {
    Weights weights(all);
    std::size_t inputs = kBands;
    for (LstmCell& layer : layers_) {
      const auto input = weights.next(4 * kUnits * inputs);
      const auto hidden = weights.next(4 * kUnits * kUnits);
      const auto input_bias = weights.next(4 * kUnits);
      const auto hidden_bias = weights.next(4 * kUnits);
      layer =
          LstmCell({.input = input, .hidden = hidden, .input_bias = input_bias, .hidden_bias = hidden_bias},
                   inputs, kUnits);
      inputs = kUnits;
    }
    last_ = Dense(weights.next(kUnits * kUnits), kUnits, kUnits);
    std::ranges::copy(weights.next(kUnits), last_bias_.begin());
  }

  Result<Voiceprint> embed(std::span<const std::int16_t> pcm) const override {
    const std::vector<float> speech = speech_in(pcm);
    if (speech.size() < kLeastSpeech) {
      return Error{ErrorCode::kInvalid,
                   "too little speech for a voiceprint: " + std::to_string(speech.size() / kSamplesOfMs) +
                       " ms of " + std::to_string(kLeastVoiceprintSpeech.count())};
    }
    std::vector<float> bands = spectrum_.of(speech);
    bands.resize(std::max(bands.size(), kStretch * kBands));
    Voiceprint sum{};
    for (std::size_t at = 0; (at + kStretch) * kBands <= bands.size(); at += kStretchStep) {
      Voiceprint one = read(std::span(bands).subspan(at * kBands, kStretch * kBands));
      if (make_length_one(one)) std::ranges::transform(sum, one, sum.begin(), std::plus<>());
    }
    if (make_length_one(sum)) return sum;
    return Error{ErrorCode::kInvalid, "the sound has no voice in it"};
  }

 private:
  // Layer by layer, so that one layer's weights (1 to 2 MB) stay near the processor.
  Voiceprint read(std::span<const float> stretch) const {
    std::vector<float> gates(kStretch * 4 * kUnits);
    std::vector<float> said(kStretch * kUnits);
    std::array<const float*, kStretch> from{};
    std::array<float*, kStretch> to{};
    std::array<float, kUnits> hidden{};
    for (std::size_t i = 0; i < kStretch; ++i) {
      from[i] = stretch.data() + i * kBands;
      to[i] = gates.data() + i * 4 * kUnits;
    }
    for (const LstmCell& layer : layers_) {
      layer.hear(from, to);
      hidden.fill(0);
      std::array<float, kUnits> cell{};
      for (std::size_t i = 0; i < kStretch; ++i) {
        layer.step(std::span(gates).subspan(i * 4 * kUnits, 4 * kUnits), hidden, cell);
        std::ranges::copy(hidden, said.begin() + static_cast<std::ptrdiff_t>(i * kUnits));
        from[i] = said.data() + i * kUnits;
      }
    }
    Voiceprint print = last_bias_;
    last_.add(hidden.data(), print.data());
    for (float& number : print) number = std::max(number, 0.0F);
    return print;
  }

  MelSpectrum spectrum_;
  std::array<LstmCell, kLayers> layers_;
  Dense last_;
  Voiceprint last_bias_{};
};

}  // namespace

Result<std::unique_ptr<VoiceprintEngine>> load_voiceprint_encoder(const std::string& models_dir) {
  const std::string path = models_dir + "/voiceprint/encoder.f32";
  const auto file = neural::read_weights_file(path);
  if (!file) return file.error();
  if (file->size() != kVoiceprintWeightsBytes) {
    return Error{ErrorCode::kInvalid, "'" + path + "' has " + std::to_string(file->size()) +
                                          " bytes, the encoder's weights have " +
                                          std::to_string(kVoiceprintWeightsBytes)};
  }
  std::vector<float> weights(file->size() / sizeof(float));
  std::memcpy(weights.data(), file->data(), file->size());
  if (!std::ranges::all_of(weights, [](float weight) { return std::isfinite(weight); })) {
    return Error{ErrorCode::kInvalid, "'" + path + "' holds something else than numbers"};
  }
  return std::unique_ptr<VoiceprintEngine>(std::make_unique<VoiceprintEncoder>(weights));
}

}  // namespace earshot::worker
