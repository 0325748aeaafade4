#include "bench/turn/device_talker.h"

#include <utility>

#include "common/base/startup_error.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kMicrophoneFrame{60};
constexpr std::size_t kMicrophoneSamples = 960;
constexpr Milliseconds kGoesOn{700};  // without audio for less than this: it goes on

simulator::OtaAnswer::Mqtt boot_device(const std::string& ota_url, std::uint64_t seed) {
  simulator::DeviceIdentity identity = simulator::make_identity(seed);
  simulator::Violations broken;
  auto answer = simulator::boot({.ota_url = ota_url}, identity, {}, broken);
  if (!answer) throw StartupError(ExitCode::kBug, "a device cannot boot: " + answer.error().message);
  if (!broken.empty() || !answer->mqtt)
    throw StartupError(ExitCode::kBug, "the OTA answer is of no use to a device");
  return std::move(*answer->mqtt);
}

}  // namespace

DeviceTalker::DeviceTalker(asio::io_context& io, const std::string& ota_url, std::uint64_t seed,
                           simulator::Mode mode, Handlers handlers)
    : mqtt_(boot_device(ota_url, seed)), handlers_(std::move(handlers)) {
  simulator::DeviceSettings settings;
  settings.seed = seed;
  settings.mode = mode;
  auto device = simulator::Device::create(io, settings, *this);
  if (!device) throw StartupError(ExitCode::kBug, device.error().message);
  device_ = std::move(*device);
}

void DeviceTalker::connect() {
  if (const Status begun = device_->connect(mqtt_); !begun)
    throw StartupError(ExitCode::kBug, begun.error().message);
}

void DeviceTalker::talk(const SpokenScript& script, Milliseconds in) {
  turn_.emplace();
  answered_ = false;
  last_voiced_.reset();
  device_->agenda().after(in, [this, &script] { device_->say(script.speech); });
  device_->agenda().after(in + kPatience, [this, number = ++turns_] {
    if (number != turns_ || !turn_) return;
    turn_->failed = true;
    handlers_.fault("no answer within " + std::to_string(kPatience.count()) + " ms");
    end_turn();
  });
}

void DeviceTalker::talk_over(const Pcm& sound, Milliseconds in) {
  over_samples_ = sound.samples.size();
  over_since_.reset();
  arrivals_.clear();
  ++turns_;  // the answer may go on for as long as it likes
  device_->agenda().after(in, [this, &sound] { device_->say(sound); });
}

Interruption DeviceTalker::judge() const {
  if (!over_since_ || arrivals_.empty()) return {};
  const SteadyTime now = device_->agenda().now();
  Interruption found{.silent_ms = std::nullopt, .goes_on = now - arrivals_.back() < kGoesOn};
  for (std::size_t i = 0; i < arrivals_.size() && !found.silent_ms; ++i) {
    const SteadyTime next = i + 1 < arrivals_.size() ? arrivals_[i + 1] : now;
    if (next < *over_since_ || next - arrivals_[i] < kSilent) continue;
    found.silent_ms = std::chrono::duration<double, std::milli>(arrivals_[i] - *over_since_).count();
  }
  return found;
}

void DeviceTalker::hang_up() {
  leaving_ = true;
  device_->disconnect();
}

void DeviceTalker::on_connected() {
  device_->agenda().after(Milliseconds(0), [this] { device_->press_button(); });
}

void DeviceTalker::on_violation(const simulator::Violation& violation) {
  report(std::string(simulator::name(violation.rule)) + " " + violation.detail);
}

void DeviceTalker::on_audio(SteadyTime arrival) {
  if (over_samples_ > 0) return arrivals_.push_back(arrival);
  if (!turn_ || !last_voiced_ || turn_->first_audio_ms || turn_->cut) return;
  turn_->first_audio_ms = std::chrono::duration<double, std::milli>(arrival - *last_voiced_).count();
  if (handlers_.answer_sounds) device_->agenda().after(Milliseconds(0), handlers_.answer_sounds);
}

void DeviceTalker::on_listening() {
  if (!std::exchange(ready_, true)) return handlers_.ready();
  if (turn_ && answered_) end_turn();
}

// The packet with the last sample is encoded and sent in this same event.
void DeviceTalker::on_speech_ended() {
  const SteadyTime now = device_->agenda().now();
  if (over_samples_ == 0) {
    last_voiced_ = now;
  } else {
    over_since_ = now - kMicrophoneFrame * ((over_samples_ - 1) / kMicrophoneSamples);
  }
}

// The server's `stt`: it has taken the turn.
void DeviceTalker::on_heard(const std::string&) {
  if (turn_ && !last_voiced_) turn_->cut = true;
}

void DeviceTalker::on_answer_began() {
  if (turn_ && !last_voiced_) turn_->cut = true;
}

void DeviceTalker::on_played(const Pcm&, SteadyTime, bool gap) {
  if (turn_ && gap) ++turn_->gaps;
}

void DeviceTalker::on_answer_over() {
  answered_ = turn_.has_value();
}

void DeviceTalker::report(const std::string& fault) {
  if (leaving_) return;
  if (turn_) turn_->failed = true;
  handlers_.fault(fault);
}

void DeviceTalker::end_turn() {
  DeviceTurn turn = *std::exchange(turn_, std::nullopt);
  if (!turn.first_audio_ms && !turn.cut) turn.failed = true;
  // Called from within the device: act later.
  device_->agenda().after(Milliseconds(0), [this, turn] { handlers_.turn(turn); });
}

}  // namespace earshot::bench
