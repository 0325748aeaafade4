#include "bench/simulator/boot.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace earshot::simulator {

namespace {

constexpr int kPollsBetweenAnswers = 10;  // then the firmware asks OTA again (1.3)
constexpr Milliseconds kWaitAfterFailure{10'000};
constexpr int kMaxReboots = 3;  // more firmwares in a row are a loop

using Steady = std::chrono::steady_clock;

// RETURNS: false when the time is up.
bool wait(Milliseconds time, SteadyTime until) {
  const auto left = std::chrono::duration_cast<Milliseconds>(until - Steady::now());
  std::this_thread::sleep_for(std::clamp(left, Milliseconds(0), time));
  return Steady::now() < until;
}

// RETURNS: false when the time is up.
Result<bool> poll_activation(const BootOptions& options, const DeviceIdentity& identity,
                             const OtaAnswer& answer, const BootObserver& observer, SteadyTime until) {
  for (int i = 0; i < kPollsBetweenAnswers; ++i) {
    // Without a challenge the firmware does not even ask.
    int status = 0;
    if (!answer.challenge.empty()) {
      const auto polled = post_activation(options.ota_url, identity, answer.challenge);
      if (!polled) return polled.error();
      status = *polled;
      if (observer.on_poll) observer.on_poll(status);
    }
    if (status == 200) return true;
    if (!wait(status == 202 ? options.poll : std::max(options.poll, kWaitAfterFailure), until)) return false;
  }
  return true;
}

}  // namespace

Result<OtaAnswer> boot(const BootOptions& options, DeviceIdentity& identity, const BootObserver& observer,
                       Violations& broken) {
  const SteadyTime until = Steady::now() + options.activation_wait;
  std::string shown;
  for (int reboots = 0;;) {
    auto answer = ask_ota(options.ota_url, identity, broken);
    if (!answer) return answer.error();
    if (observer.on_answer) observer.on_answer(*answer);
    if (!broken.empty()) return answer;
    if (answer->upgrade) {
      if (!options.install_firmware) {
        return Error{ErrorCode::kInvalid, "the server offers firmware " + answer->firmware_version +
                                              ": a device would install it now (--install-firmware)"};
      }
      if (++reboots > kMaxReboots)
        return Error{ErrorCode::kInvalid, "one firmware after another: a boot loop"};
      const auto image = download_firmware(answer->firmware_url);
      if (!image) return image.error();
      if (observer.on_firmware) observer.on_firmware(answer->firmware_version, *image);
      identity.firmware = answer->firmware_version;
      continue;
    }
    if (answer->activated) return answer;
    if (observer.on_code && answer->activation_code != shown) {
      observer.on_code(answer->activation_code, answer->activation_message);
    }
    shown = answer->activation_code;
    const auto in_time = poll_activation(options, identity, *answer, observer, until);
    if (!in_time) return in_time.error();
    if (!*in_time) {
      return Error{ErrorCode::kTimeout, "the device is not activated" +
                                            (shown.empty() ? std::string() : "; its code is " + shown)};
    }
  }
}

}  // namespace earshot::simulator
