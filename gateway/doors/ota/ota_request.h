// What a device tells when it asks for its configuration or polls its activation
// (device-protocol 1.1, 1.3). Pure.
//
// Hostile input: any header and any body may arrive. A body that is no JSON is normal (the firmware does not
// escape the SSID, trap 25): it is mended where it can be, and the headers alone are enough.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/http/http_message.h"
#include "gateway/control/devices/boot_report.h"

namespace earshot::gateway {

inline constexpr std::size_t kMaxOtaBodyBytes = 64 * 1024;

// Errors: kInvalid (no usable Device-Id, neither in the header nor in the body).
Result<BootReport> read_ota_request(const http::Request& request);

// A firmware version in a form that the device's parser survives: dotted numbers, each starting with a digit
// and small enough for std::stoi; else empty, which is never newer (trap 3).
std::string safe_version(std::string_view version);

// The body of /activate: flat as the firmware sends it, or nested in `Payload` as py-xiaozhi does; `{}`, no
// body and nonsense are an activation without a proof.
struct ActivateRequest {
  std::string algorithm;
  std::string serial;
  std::string challenge;
  std::string hmac;  // as told; hostile
  bool has_proof() const { return !challenge.empty() || !hmac.empty(); }
};
ActivateRequest read_activate_body(std::string_view body);

}  // namespace earshot::gateway
