#include "worker/hearing/endpointer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "common/base/check.h"
#include "worker/stages/vad.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kVadFrame{kVadFrameMs};
constexpr int kWindowFrames = 64;          // bits of the window
constexpr Milliseconds kSoftStart{300};    // unvoiced and quiet sounds before the onset window
constexpr Milliseconds kDtxEvidence{100};  // silence heard before a gap: see EndpointerConfig::stall_patience
constexpr Milliseconds kBreath{100};       // shorter holes are inside words, and any speech closes them
constexpr Milliseconds kResumption{60};    // behind a longer one: so much speech ...
constexpr Milliseconds kResumptionWindow{100};  // ... within so much
constexpr Milliseconds kPause{200};             // shorter holes belong to articulation and are no pauses
// Ordinary jitter: a frame may be so late, and packets of 60 to 120 ms bring frames ahead of their time.
constexpr Milliseconds kArrivalSlack{120};

std::uint64_t latest_frames(Milliseconds span) {
  const auto frames = span / kVadFrame;
  return frames >= kWindowFrames ? ~std::uint64_t{0} : (std::uint64_t{1} << frames) - 1;
}

Milliseconds elapsed_ms(SteadyTime from, SteadyTime to) {
  return std::chrono::duration_cast<Milliseconds>(to - from);
}

}  // namespace

Endpointer::Endpointer(const EndpointerConfig& config) : config_(config) {
  set_onset(config.onset, config.onset_window);
}

void Endpointer::begin(Mode mode, SteadyTime now) {
  state_ = State::kWaiting;
  mode_ = mode;
  window_ = 0;
  heard_until_ = spoken_until_ = now;
  paused_ = cut_ = false;
  ended_pause_.reset();
  waited_ = utterance_ = speech_ = silence_ = heard_silence_ = Milliseconds{0};
}

Endpoint Endpointer::on_frame(bool speech, SteadyTime arrival) {
  if (idle()) return Endpoint::kNone;
  Endpoint in_gap = Endpoint::kNone;
  const Milliseconds gap = elapsed_ms(heard_until_, arrival);
  if (gap > kArrivalSlack) {
    heard_until_ = arrival;
    in_gap = pass(gap);
    if (idle()) return in_gap;
  }
  // A burst (the wake word's two seconds come at once) does not put the account far ahead of the clock.
  heard_until_ = std::clamp(heard_until_ + kVadFrame, arrival, arrival + kArrivalSlack);

  add_to_window(speech);
  if (state_ == State::kWaiting) {
    waited_ += kVadFrame;
    const Milliseconds onset = kVadFrame * std::popcount(window_ & latest_frames(config_.onset_window));
    if (onset < config_.onset) return judge();
    state_ = State::kSpeaking;
    utterance_ = config_.onset_window;
    speech_ = onset;
    spoken_until_ = arrival;
    return Endpoint::kSpeechStarted;
  }
  const Endpoint endpoint = hear_silence_or_speech(speech, arrival);
  return endpoint == Endpoint::kNone ? in_gap : endpoint;
}

Endpoint Endpointer::on_time(SteadyTime now) {
  const auto due = deadline();
  if (!due || now < *due) return Endpoint::kNone;
  const Milliseconds gap = elapsed_ms(heard_until_, now);
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

void Endpointer::set_onset(Milliseconds onset, Milliseconds window) {
  EARSHOT_CHECK(onset >= kVadFrame && onset <= window, "the onset fits its window");
  EARSHOT_CHECK(window <= kVadFrame * kWindowFrames, "the onset window fits its bits");
  config_.onset = onset;
  config_.onset_window = window;
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
      left = longest() - utterance_;
      if (mode_ == Mode::kAutomatic) left = std::min(left, patience() - silence_);
      if (may_pause()) left = std::min(left, config_.speculation_pause - silence_);
      break;
  }
  return heard_until_ + std::max(left, kArrivalSlack);
}

Milliseconds Endpointer::pre_roll() const {
  return config_.onset_window + kSoftStart;
}

Endpoint Endpointer::pass(Milliseconds silence) {
  window_ = silence / kVadFrame >= kWindowFrames ? 0 : window_ << (silence / kVadFrame);
  if (state_ == State::kWaiting) {
    waited_ += silence;
  } else {
    utterance_ += silence;
    silence_ += silence;
  }
  return judge();
}

Endpoint Endpointer::hear_silence_or_speech(bool speech, SteadyTime arrival) {
  utterance_ += kVadFrame;
  if (speech) speech_ += kVadFrame;
  if (speech && goes_on()) {
    const Milliseconds pause = silence_ - (kResumption - kVadFrame);
    const bool heard = heard_silence_ >= kDtxEvidence;  // not a stall of the network
    if (pause >= kPause && heard && mode_ == Mode::kAutomatic) ended_pause_ = pause;
    silence_ = heard_silence_ = Milliseconds{0};
    spoken_until_ = arrival;
    if (std::exchange(paused_, false)) {
      const Endpoint endpoint = judge();
      return endpoint == Endpoint::kNone ? Endpoint::kResumed : endpoint;
    }
  } else {
    silence_ += kVadFrame;
    heard_silence_ += kVadFrame;
  }
  return judge();
}

Endpoint Endpointer::judge() {
  if (state_ == State::kWaiting) {
    const bool patient = mode_ == Mode::kManual || waited_ < config_.no_speech;
    return patient ? Endpoint::kNone : end(Endpoint::kNoSpeech);
  }
  // Not while a sound is there that may be the next word.
  const bool silent = mode_ == Mode::kAutomatic && silence_ >= patience() && (window_ & 1) == 0;
  cut_ = !silent && utterance_ >= longest();
  if (silent || cut_) return end(Endpoint::kSpeechEnded);
  return pause_now() ? Endpoint::kPaused : Endpoint::kNone;
}

bool Endpointer::pause_now() {
  if (state_ != State::kSpeaking || !may_pause() || silence_ < config_.speculation_pause) return false;
  paused_ = true;
  return true;
}

Endpoint Endpointer::end(Endpoint why) {
  state_ = State::kIdle;
  return why == Endpoint::kSpeechEnded && speech_ < config_.min_speech ? Endpoint::kTooShort : why;
}

void Endpointer::add_to_window(bool speech) {
  window_ = (window_ << 1) | (speech ? 1U : 0U);
}

bool Endpointer::goes_on() const {
  return silence_ < kBreath ||
         kVadFrame * std::popcount(window_ & latest_frames(kResumptionWindow)) >= kResumption;
}

// A stall of the network is no pause: see EndpointerConfig::stall_patience.
bool Endpointer::may_pause() const {
  return mode_ == Mode::kAutomatic && !paused_ && config_.speculation_pause.count() > 0 &&
         heard_silence_ >= std::min(kDtxEvidence, config_.speculation_pause);
}

Milliseconds Endpointer::patience() const {
  const bool long_enough = mode_ == Mode::kAutomatic && utterance_ >= config_.max_utterance;
  const Milliseconds trailing =
      long_enough ? std::min(config_.trailing_silence, config_.max_pause) : config_.trailing_silence;
  return heard_silence_ >= kDtxEvidence ? trailing : std::max(trailing, config_.stall_patience);
}

Milliseconds Endpointer::longest() const {
  return mode_ == Mode::kManual ? config_.max_held : config_.max_utterance + config_.max_overrun;
}

}  // namespace earshot::worker
