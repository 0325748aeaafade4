#include "bench/barge_in/noises.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace earshot::bench {

namespace {

constexpr int kRate = 16000;

// A resonance of two poles: makes noise sound of a throat or of a room.
class Resonance {
 public:
  Resonance(double hz, double width_hz)
      : radius_(std::exp(-std::numbers::pi * width_hz / kRate)),
        turn_(2 * radius_ * std::cos(2 * std::numbers::pi * hz / kRate)) {}
  double operator()(double in) {
    const double out = in + turn_ * last_ - radius_ * radius_ * before_;
    before_ = last_;
    last_ = out;
    return out;
  }

 private:
  double radius_;
  double turn_;
  double last_ = 0;
  double before_ = 0;
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  double between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  int times(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  void silence(double seconds) { sound_.resize(sound_.size() + samples(seconds), 0.0); }

  // Noise through two resonances under a sharp attack and a decay.
  void burst(double seconds, double attack, double low_hz, double high_hz) {
    Resonance low(low_hz, low_hz / 3);
    Resonance high(high_hz, high_hz / 2);
    std::normal_distribution<double> white(0, 1);
    for (std::size_t i = 0; i < samples(seconds); ++i) {
      const double t = static_cast<double>(i) / kRate;
      const double level = std::min(t / attack, 1.0) * std::exp(-4 * t / seconds);
      const double in = white(random_);
      sound_.push_back(level * (low(in) + 0.5 * high(in)));
    }
    even_out(samples(seconds));
  }
  // Harmonics under formants, the pitch falling from one to the other.
  void voiced(double seconds, double from_hz, double to_hz, double formant_hz) {
    Resonance formant(formant_hz, formant_hz / 4);
    std::normal_distribution<double> breath(0, 0.1);
    double phase = 0;
    for (std::size_t i = 0; i < samples(seconds); ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(samples(seconds));
      phase += (from_hz + (to_hz - from_hz) * part) / kRate;
      if (phase > 1) phase -= 1;
      sound_.push_back(std::sin(std::numbers::pi * part) * formant(phase - 0.5 + breath(random_)));
    }
    even_out(samples(seconds));
  }
  void thud(double seconds, double hz) {
    for (std::size_t i = 0; i < samples(seconds); ++i) {
      const double t = static_cast<double>(i) / kRate;
      sound_.push_back(std::exp(-5 * t / seconds) * std::sin(2 * std::numbers::pi * hz * t));
    }
  }

  Pcm take(double peak) {
    double loudest = 1e-9;
    for (const double sample : sound_) loudest = std::max(loudest, std::abs(sample));
    Pcm pcm{.samples = {}, .sample_rate_hz = kRate};
    for (const double sample : sound_)
      pcm.samples.push_back(static_cast<std::int16_t>(sample * peak / loudest));
    return pcm;
  }

 private:
  static std::size_t samples(double seconds) { return static_cast<std::size_t>(seconds * kRate); }
  // Each part has the same loudest sample, whatever its filters did.
  void even_out(std::size_t count) {
    const auto from = sound_.end() - static_cast<std::ptrdiff_t>(count);
    double loudest = 1e-9;
    for (auto it = from; it != sound_.end(); ++it) loudest = std::max(loudest, std::abs(*it));
    for (auto it = from; it != sound_.end(); ++it) *it /= loudest;
  }

  std::mt19937 random_;
  std::vector<double> sound_;
};

}  // namespace

std::string_view name(Noise noise) {
  switch (noise) {
    case Noise::kCough:
      return "cough";
    case Noise::kClap:
      return "clap";
    case Noise::kSlam:
      return "slam";
    case Noise::kBark:
      return "bark";
  }
  return "";
}

Pcm make_noise(Noise noise, unsigned seed, double peak) {
  Maker maker(seed * 4 + static_cast<unsigned>(noise));
  switch (noise) {
    case Noise::kCough:
      for (int i = maker.times(2, 3); i > 0; --i) {
        maker.burst(maker.between(0.12, 0.22), 0.008, maker.between(500, 900), maker.between(1500, 2800));
        maker.voiced(maker.between(0.05, 0.12), maker.between(200, 320), maker.between(110, 180), 700);
        maker.silence(maker.between(0.05, 0.2));
      }
      break;
    case Noise::kClap:
      for (int i = maker.times(1, 3); i > 0; --i) {
        maker.burst(maker.between(0.04, 0.12), 0.001, maker.between(900, 1600), maker.between(2500, 4500));
        maker.silence(maker.between(0.1, 0.3));
      }
      break;
    case Noise::kSlam:
      maker.burst(maker.between(0.02, 0.05), 0.001, 400, 2000);
      maker.thud(maker.between(0.2, 0.5), maker.between(60, 140));
      break;
    case Noise::kBark:
      for (int i = maker.times(1, 3); i > 0; --i) {
        maker.voiced(maker.between(0.12, 0.25), maker.between(600, 900), maker.between(350, 500),
                     maker.between(900, 1400));
        maker.silence(maker.between(0.15, 0.4));
      }
      break;
  }
  return maker.take(peak);
}

}  // namespace earshot::bench
