#include "bench/simulator/microphone_tape.h"

#include <algorithm>
#include <cmath>

namespace earshot::simulator {

namespace {

constexpr double kSpeechDbfs = -26;     // active speech level of ITU-T P.56 test material
constexpr double kQuietRoomDbfs = -78;  // a few steps of the 16-bit scale

double amplitude(double dbfs) {
  return 32768 * std::pow(10.0, dbfs / 20);
}

}  // namespace

MicrophoneTape::MicrophoneTape(std::optional<double> noise_snr_db, std::uint64_t seed)
    : seed_(seed),
      random_(seed),
      noise_(0, amplitude(noise_snr_db ? kSpeechDbfs - *noise_snr_db : kQuietRoomDbfs)) {}

void MicrophoneTape::say(const std::vector<std::int16_t>& speech) {
  if (!speaking()) {
    hush();
    random_.seed(seed_ + ++utterances_);
    noise_.reset();
  }
  speech_.insert(speech_.end(), speech.begin(), speech.end());
}

void MicrophoneTape::hush() {
  speech_.clear();
  next_ = 0;
}

MicrophoneTape::Frame MicrophoneTape::record(std::size_t samples) {
  Frame frame;
  frame.samples.reserve(samples);
  const bool was_speaking = speaking();
  for (std::size_t i = 0; i < samples; ++i) {
    const double voice = speaking() ? speech_[next_++] : 0;
    frame.samples.push_back(
        static_cast<std::int16_t>(std::clamp(std::round(voice + noise_(random_)), -32768.0, 32767.0)));
  }
  frame.speech_ended = was_speaking && !speaking();
  return frame;
}

}  // namespace earshot::simulator
