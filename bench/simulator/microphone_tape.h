// What the microphone picks up: the user's speech when there is any, and a quiet room around it, without end.
// Pure; the same seed gives the same room, and an utterance sounds the same in it however long it was quiet
// before that.
// Runs on: any one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace earshot::simulator {

class MicrophoneTape {
 public:
  static constexpr int kSampleRateHz = 16000;

  // `noise_snr_db`: white noise this far below the loudness of usual speech (-26 dBFS), always on. Without:
  // the faint noise of a good microphone.
  MicrophoneTape(std::optional<double> noise_snr_db, std::uint64_t seed);

  void say(const std::vector<std::int16_t>& speech);  // 16 kHz; after what is still to be said
  void hush();                                        // forget what is still to be said
  bool speaking() const { return next_ < speech_.size(); }

  struct Frame {
    std::vector<std::int16_t> samples;
    bool speech_ended = false;  // the last sample of the speech is in this frame
  };
  Frame record(std::size_t samples);

 private:
  const std::uint64_t seed_;
  std::uint64_t utterances_ = 0;
  std::vector<std::int16_t> speech_;
  std::size_t next_ = 0;
  std::mt19937_64 random_;
  std::normal_distribution<double> noise_;
};

}  // namespace earshot::simulator
