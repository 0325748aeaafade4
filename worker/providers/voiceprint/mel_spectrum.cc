#include "worker/providers/voiceprint/mel_spectrum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace earshot::worker {

namespace {

using neural::Dense;

constexpr std::size_t kWindow = 400;
constexpr std::size_t kHop = 160;
constexpr std::size_t kWaveBins = kWindow / 2 + 1;
constexpr double kSampleRate = 16000;
constexpr std::size_t kRows = 4;

// Slaney's scale: even up to 1 kHz, 27 steps for each factor of 6.4 above.
constexpr double kEvenHz = 200.0 / 3;
constexpr double kBendHz = 1000;
constexpr double kBendMel = kBendHz / kEvenHz;
const double kStep = std::log(6.4) / 27;

double mel_of(double hz) {
  return hz < kBendHz ? hz / kEvenHz : kBendMel + std::log(hz / kBendHz) / kStep;
}
double hz_of(double mel) {
  return mel < kBendMel ? mel * kEvenHz : kBendHz * std::exp(kStep * (mel - kBendMel));
}

std::vector<float> windowed_waves() {
  std::vector<float> weights(2 * kWaveBins * kWindow);
  for (std::size_t bin = 0; bin < kWaveBins; ++bin) {
    for (std::size_t i = 0; i < kWindow; ++i) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(i) / kWindow;
      const double hann = 0.5 - 0.5 * std::cos(turn);
      const double angle = turn * static_cast<double>(bin);
      weights[bin * kWindow + i] = static_cast<float>(hann * std::cos(angle));
      weights[(kWaveBins + bin) * kWindow + i] = static_cast<float>(hann * std::sin(angle));
    }
  }
  return weights;
}

// Triangles that overlap by half, each of the same area.
std::vector<float> triangles() {
  constexpr std::size_t kBands = MelSpectrum::kBands;
  std::array<double, kBands + 2> edge_hz{};
  for (std::size_t i = 0; i < edge_hz.size(); ++i) {
    edge_hz[i] = hz_of(mel_of(kSampleRate / 2) * static_cast<double>(i) / (kBands + 1));
  }
  std::vector<float> weights(kBands * kWaveBins);
  for (std::size_t band = 0; band < kBands; ++band) {
    for (std::size_t bin = 0; bin < kWaveBins; ++bin) {
      const double hz = static_cast<double>(bin) * kSampleRate / kWindow;
      const double rising = (hz - edge_hz[band]) / (edge_hz[band + 1] - edge_hz[band]);
      const double falling = (edge_hz[band + 2] - hz) / (edge_hz[band + 2] - edge_hz[band + 1]);
      const double height = std::max(0.0, std::min(rising, falling));
      weights[band * kWaveBins + bin] = static_cast<float>(height * 2 / (edge_hz[band + 2] - edge_hz[band]));
    }
  }
  return weights;
}

}  // namespace

MelSpectrum::MelSpectrum()
    : waves_(windowed_waves(), 2 * kWaveBins, kWindow), bands_(triangles(), kBands, kWaveBins) {}

std::vector<float> MelSpectrum::of(std::span<const float> samples) const {
  // Each window has its piece in the middle; there is nothing before the first sample and behind the last.
  std::vector<float> padded(samples.size() + kWindow);
  std::ranges::copy(samples, padded.begin() + kWindow / 2);
  const std::size_t pieces = samples.size() / kHop + 1;
  std::vector<float> all(pieces * kBands);
  std::array<float, Dense::width(2 * kWaveBins) * kRows> waves{};
  std::array<float, Dense::width(kWaveBins) * kRows> power{};
  std::array<float, Dense::width(kBands) * kRows> bands{};
  for (std::size_t first = 0; first < pieces; first += kRows) {
    const std::size_t rows = std::min(kRows, pieces - first);
    std::array<const float*, kRows> window{};
    std::array<float*, kRows> wave{};
    std::array<const float*, kRows> powers{};
    std::array<float*, kRows> band{};
    for (std::size_t row = 0; row < rows; ++row) {
      window[row] = padded.data() + (first + row) * kHop;
      wave[row] = waves.data() + row * Dense::width(2 * kWaveBins);
      powers[row] = power.data() + row * Dense::width(kWaveBins);
      band[row] = bands.data() + row * Dense::width(kBands);
    }
    waves.fill(0);
    bands.fill(0);
    waves_.add(std::span(window).first(rows), std::span(wave).first(rows));
    for (std::size_t row = 0; row < rows; ++row) {
      float* const into = power.data() + row * Dense::width(kWaveBins);
      for (std::size_t bin = 0; bin < kWaveBins; ++bin) {
        into[bin] = wave[row][bin] * wave[row][bin] + wave[row][kWaveBins + bin] * wave[row][kWaveBins + bin];
      }
    }
    bands_.add(std::span(powers).first(rows), std::span(band).first(rows));
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(band[row], kBands, all.begin() + static_cast<std::ptrdiff_t>((first + row) * kBands));
    }
  }
  return all;
}

}  // namespace earshot::worker
