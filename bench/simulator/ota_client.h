// The HTTP requests of a device's boot (device-protocol 1). Blocks.
#pragma once

#include <cstdint>
#include <string>

#include "bench/simulator/ota_rules.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"

namespace earshot::simulator {

struct DeviceIdentity {
  std::string mac;        // lower case with colons
  std::string client_id;  // UUID v4
  std::string serial;     // of a chip with an eFuse serial number; else empty ...
  Secret hmac_key;        // ... with its key
  std::string board = "earshot-sim";
  std::string firmware = "2.4.2";
};

// A MAC of the locally administered kind, and its UUID; the same seed gives the same.
DeviceIdentity make_identity(std::uint64_t seed);
// A real device makes its UUID at random and keeps it; a simulated one has no flash, so that it comes from
// the MAC: servers pin the first one that they see with it.
std::string uuid_of(const std::string& mac);

// Errors: those of http::request. An answer that breaks a rule is a finding in `broken`, not an error.
Result<OtaAnswer> ask_ota(const std::string& url, const DeviceIdentity& identity, Violations& broken);

// POST <url>/activate.
// RETURNS: the status.
Result<int> post_activation(const std::string& url, const DeviceIdentity& identity,
                            const std::string& challenge);

// GETs an image as the firmware does: exactly 200, Content-Length, no redirect.
// Errors: kInvalid, what the firmware would not have installed.
struct Downloaded {
  std::uint64_t bytes = 0;
  std::string sha256;  // of what came; when the answer's ETag is a SHA-256, it was this
};
Result<Downloaded> download_firmware(const std::string& url);

}  // namespace earshot::simulator
