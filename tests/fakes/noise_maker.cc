#include "tests/fakes/noise_maker.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace earshot::fakes {

namespace {

constexpr int kRate = 16000;
constexpr double kTurn = 2 * std::numbers::pi;

class SoundMaker {
 public:
  SoundMaker(double seconds, unsigned seed)
      : sound_(static_cast<std::size_t>(seconds * kRate)), random_(seed) {}

  void white() {
    for (double& sample : sound_) sample = normal_(random_);
  }
  void brown() {
    double level = 0;
    for (double& sample : sound_) sample = level = 0.998 * level + normal_(random_);
  }
  void harmonics(double hz, int count) {
    for (int harmonic = 1; harmonic <= count; ++harmonic) add_tone(hz * harmonic, 1.0 / harmonic, 0, 1e9);
  }
  void clicks() {
    for (double at = 0.2; at < seconds(); at += between(0.15, 0.9)) burst(at, 0.004, 1);
  }
  void rain() {
    for (double at = 0; at < seconds(); at += between(0.0005, 0.006)) burst(at, 0.003, between(0.1, 1));
  }
  void chords() {
    constexpr std::array<std::array<double, 4>, 4> kChordHz{
        {{131, 262, 330, 392}, {110, 220, 277, 330}, {147, 294, 370, 440}, {98, 196, 247, 294}}};
    for (double at = 0; at < seconds(); at += 1) {
      for (const double hz : kChordHz[static_cast<std::size_t>(at) % kChordHz.size()]) {
        for (int harmonic = 1; harmonic <= 5; ++harmonic) add_tone(hz * harmonic, 0.6 / harmonic, at, 1);
      }
    }
  }
  void motor() {
    double turn = 0;
    for (std::size_t i = 0; i < sound_.size(); ++i) {
      const double t = static_cast<double>(i) / kRate;
      turn += (115 + 25 * std::sin(kTurn * 0.3 * t)) / kRate;
      sound_[i] = 2 * (turn - std::floor(turn)) - 1 + 0.2 * normal_(random_);
    }
  }
  void alarm() {
    for (double at = 0; at < seconds(); at += 1) {
      add_tone(2900, 1, at, 0.5);
      add_tone(3300, 1, at + 0.5, 0.5);
    }
  }

  Pcm at_peak(double peak) const {
    double loudest = 0;
    for (const double sample : sound_) loudest = std::max(loudest, std::abs(sample));
    Pcm pcm{.samples = std::vector<std::int16_t>(sound_.size()), .sample_rate_hz = kRate};
    if (loudest == 0) return pcm;
    std::ranges::transform(sound_, pcm.samples.begin(), [&](double sample) {
      return static_cast<std::int16_t>(std::lround(sample / loudest * peak));
    });
    return pcm;
  }

 private:
  double seconds() const { return static_cast<double>(sound_.size()) / kRate; }
  double between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  void add_tone(double hz, double level, double from_s, double length_s) {
    const auto from = static_cast<std::size_t>(from_s * kRate);
    const auto to = static_cast<std::size_t>(std::min((from_s + length_s) * kRate, seconds() * kRate));
    for (std::size_t i = from; i < std::min(to, sound_.size()); ++i) {
      sound_[i] += level * std::sin(kTurn * hz * static_cast<double>(i - from) / kRate);
    }
  }
  void burst(double at_s, double fades_in_s, double level) {
    const auto from = static_cast<std::size_t>(at_s * kRate);
    const auto length = static_cast<std::size_t>(5 * fades_in_s * kRate);
    for (std::size_t i = from; i < std::min(from + length, sound_.size()); ++i) {
      sound_[i] += level * normal_(random_) * std::exp(-static_cast<double>(i - from) / kRate / fades_in_s);
    }
  }

  std::vector<double> sound_;
  std::mt19937 random_;
  std::normal_distribution<double> normal_{0, 1};
};

}  // namespace

std::string_view name(RoomSound sound) {
  switch (sound) {
    case RoomSound::kSilence:
      return "silence";
    case RoomSound::kWhite:
      return "white";
    case RoomSound::kBrown:
      return "brown";
    case RoomSound::kHum:
      return "hum";
    case RoomSound::kTone:
      return "tone";
    case RoomSound::kClicks:
      return "clicks";
    case RoomSound::kChords:
      return "chords";
    case RoomSound::kMotor:
      return "motor";
    case RoomSound::kRain:
      return "rain";
    case RoomSound::kAlarm:
      return "alarm";
  }
  return "";
}

Pcm room_sound(RoomSound sound, double seconds, unsigned seed, double peak) {
  SoundMaker maker(seconds, seed);
  switch (sound) {
    case RoomSound::kSilence:
      break;
    case RoomSound::kWhite:
      maker.white();
      break;
    case RoomSound::kBrown:
      maker.brown();
      break;
    case RoomSound::kHum:
      maker.harmonics(50, 6);
      break;
    case RoomSound::kTone:
      maker.harmonics(1000, 1);
      break;
    case RoomSound::kClicks:
      maker.clicks();
      break;
    case RoomSound::kChords:
      maker.chords();
      break;
    case RoomSound::kMotor:
      maker.motor();
      break;
    case RoomSound::kRain:
      maker.rain();
      break;
    case RoomSound::kAlarm:
      maker.alarm();
      break;
  }
  return maker.at_peak(peak);
}

}  // namespace earshot::fakes
