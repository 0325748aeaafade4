// The device's one HTTP request of its boot (device-protocol 1.1). Blocks.
#pragma once

#include <string>

#include "bench/simulator/ota_rules.h"
#include "common/base/result.h"

namespace earshot::simulator {

struct DeviceIdentity {
  std::string mac;        // lower case with colons
  std::string client_id;  // UUID v4
};

// A MAC of the locally administered kind, and a UUID; the same seed gives the same.
DeviceIdentity make_identity(std::uint64_t seed);

// Errors: those of http::request. An answer that breaks a rule is a finding in `broken`, not an error.
Result<OtaAnswer> ask_ota(const std::string& url, const DeviceIdentity& identity, Violations& broken);

}  // namespace earshot::simulator
