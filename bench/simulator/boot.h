// A device's whole boot, as the firmware does it (device-protocol 1): ask OTA; install a newer firmware and
// boot again; while not activated show the code, poll /activate and ask again. Blocks.
#pragma once

#include <functional>
#include <string>

#include "bench/simulator/ota_client.h"

namespace earshot::simulator {

struct BootOptions {
  std::string ota_url;
  Milliseconds activation_wait{300'000};  // then it gives up: the firmware never does
  Milliseconds poll{3000};                // of the firmware after 202; after anything else 10 s
  bool install_firmware = false;          // else an offer is an error
};

struct BootObserver {
  std::function<void(const OtaAnswer&)> on_answer;
  std::function<void(const std::string& code, const std::string& message)> on_code;  // a new one
  std::function<void(int status)> on_poll;
  std::function<void(const std::string& version, const Downloaded&)> on_firmware;
};

// RETURNS: the answer with which the device is up, activated.
// Stops at the first broken rule, with what it has.
// Errors: as ask_ota(); kTimeout, not activated in time; kInvalid, a firmware that cannot be installed.
Result<OtaAnswer> boot(const BootOptions& options, DeviceIdentity& identity, const BootObserver& observer,
                       Violations& broken);

}  // namespace earshot::simulator
