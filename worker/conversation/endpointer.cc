#include "worker/conversation/endpointer.h"

#include <algorithm>
#include <bit>

#include "common/base/check.h"
#include "worker/stages/vad.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kFrame{kVadFrameMs};
constexpr int kWindowFrames = 64;          // bits of the window
constexpr Milliseconds kSoftStart{300};    // unvoiced and quiet sounds before the onset window
constexpr Milliseconds kDtxEvidence{100};  // silence heard before a gap: see EndpointerConfig::stall_patience
// Ordinary jitter: a frame may be so late, and packets of 60 to 120 ms bring frames ahead of their time.
constexpr Milliseconds kArrivalSlack{120};

std::uint64_t latest(Milliseconds span) {
  const auto frames = span / kFrame;
  return frames >= kWindowFrames ? ~std::uint64_t{0} : (std::uint64_t{1} << frames) - 1;
}

Milliseconds elapsed(SteadyTime from, SteadyTime to) {
  return std::chrono::duration_cast<Milliseconds>(to - from);
}

}  // namespace

Endpointer::Endpointer(const EndpointerConfig& config) : config_(config) {
  EARSHOT_CHECK(config.onset >= kFrame && config.onset <= config.onset_window, "the onset fits its window");
  EARSHOT_CHECK(config.onset_window <= kFrame * kWindowFrames, "the onset window fits its bits");
}

void Endpointer::begin(Mode mode, SteadyTime now) {
  state_ = State::kWaiting;
  mode_ = mode;
  window_ = 0;
  heard_until_ = now;
  waited_ = utterance_ = speech_ = silence_ = heard_silence_ = Milliseconds{0};
}

Endpoint Endpointer::on_frame(bool speech, SteadyTime arrival) {
  if (idle()) return Endpoint::kNone;
  const Milliseconds gap = elapsed(heard_until_, arrival);
  if (gap > kArrivalSlack) {
    heard_until_ = arrival;
    const Endpoint endpoint = pass(gap);
    if (endpoint != Endpoint::kNone) return endpoint;
  }
  // A burst (the wake word's two seconds come at once) does not put the account far ahead of the clock.
  heard_until_ = std::clamp(heard_until_ + kFrame, arrival, arrival + kArrivalSlack);

  add_to_window(speech);
  if (state_ == State::kWaiting) {
    waited_ += kFrame;
    const Milliseconds onset = kFrame * std::popcount(window_ & latest(config_.onset_window));
    if (onset < config_.onset) return judge();
    state_ = State::kSpeaking;
    utterance_ = config_.onset_window;
    speech_ = onset;
    return Endpoint::kSpeechStarted;
  }
  utterance_ += kFrame;
  if (speech) {
    speech_ += kFrame;
    silence_ = heard_silence_ = Milliseconds{0};
  } else {
    silence_ += kFrame;
    heard_silence_ += kFrame;
  }
  return judge();
}

Endpoint Endpointer::on_time(SteadyTime now) {
  const auto due = deadline();
  if (!due || now < *due) return Endpoint::kNone;
  const Milliseconds gap = elapsed(heard_until_, now);
  heard_until_ = now;
  return pass(gap);
}

Endpoint Endpointer::finish() {
  switch (state_) {
    case State::kIdle:
      return Endpoint::kNone;
    case State::kWaiting:
      return end(Endpoint::kNoSpeech);
    case State::kSpeaking:
      return end(Endpoint::kSpeechEnded);
  }
  return Endpoint::kNone;
}

void Endpointer::stop() {
  state_ = State::kIdle;
}

std::optional<SteadyTime> Endpointer::deadline() const {
  Milliseconds left{0};
  switch (state_) {
    case State::kIdle:
      return std::nullopt;
    case State::kWaiting:
      if (mode_ == Mode::kManual) return std::nullopt;
      left = config_.no_speech - waited_;
      break;
    case State::kSpeaking:
      left = config_.max_utterance - utterance_;
      if (mode_ == Mode::kAutomatic) left = std::min(left, patience() - silence_);
      break;
  }
  return heard_until_ + std::max(left, kArrivalSlack);
}

Milliseconds Endpointer::pre_roll() const {
  return config_.onset_window + kSoftStart;
}

Endpoint Endpointer::pass(Milliseconds silence) {
  if (state_ == State::kWaiting) {
    waited_ += silence;
    window_ = silence / kFrame >= kWindowFrames ? 0 : window_ << (silence / kFrame);
  } else {
    utterance_ += silence;
    silence_ += silence;
  }
  return judge();
}

Endpoint Endpointer::judge() {
  if (state_ == State::kWaiting) {
    const bool patient = mode_ == Mode::kManual || waited_ < config_.no_speech;
    return patient ? Endpoint::kNone : end(Endpoint::kNoSpeech);
  }
  const bool silent = mode_ == Mode::kAutomatic && silence_ >= patience();
  return silent || utterance_ >= config_.max_utterance ? end(Endpoint::kSpeechEnded) : Endpoint::kNone;
}

Endpoint Endpointer::end(Endpoint why) {
  state_ = State::kIdle;
  return why == Endpoint::kSpeechEnded && speech_ < config_.min_speech ? Endpoint::kTooShort : why;
}

void Endpointer::add_to_window(bool speech) {
  window_ = (window_ << 1) | (speech ? 1U : 0U);
}

Milliseconds Endpointer::patience() const {
  if (heard_silence_ >= kDtxEvidence) return config_.trailing_silence;
  return std::max(config_.trailing_silence, config_.stall_patience);
}

}  // namespace earshot::worker
