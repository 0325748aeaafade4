#include "bench/simulator/reply_tape.h"

#include <chrono>

namespace earshot::simulator {

namespace {
constexpr Milliseconds kPause{300};
}  // namespace

void ReplyTape::add(const Pcm& frame, SteadyTime at) {
  if (clip_.samples.empty()) clip_.sample_rate_hz = frame.sample_rate_hz;
  if (frame.sample_rate_hz != clip_.sample_rate_hz) return;
  if (next_) {
    append_silence(std::chrono::duration_cast<Milliseconds>(at - *next_));
  } else if (!clip_.samples.empty()) {
    append_silence(kPause);
  }
  clip_.samples.insert(clip_.samples.end(), frame.samples.begin(), frame.samples.end());
  next_ = at + std::chrono::microseconds(static_cast<std::int64_t>(frame.samples.size()) * 1'000'000 /
                                         frame.sample_rate_hz);
}

void ReplyTape::append_silence(Milliseconds time) {
  if (time <= Milliseconds(0)) return;
  clip_.samples.resize(clip_.samples.size() +
                       static_cast<std::size_t>(time.count() * clip_.sample_rate_hz / 1000));
}

}  // namespace earshot::simulator
