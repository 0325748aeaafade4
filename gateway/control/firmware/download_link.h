// The address that a device downloads an image from: signed, for this device and for a while, so that images
// are nobody else's to fetch. Pure.
//
//   /xiaozhi/firmware/<image>/<device, with '_'>/<expires, seconds since 1970>/<HMAC>.bin
//
// The firmware does a plain GET and follows no redirect (device-protocol 1.2): everything is in the path.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/secret.h"

namespace earshot::gateway {

class DownloadLink {
 public:
  // A device asks at once; the check is at the beginning of the download only.
  static constexpr std::chrono::seconds kLife = std::chrono::hours(1);
  static constexpr std::string_view kRoute = "/xiaozhi/firmware/{image}/{device}/{expires}/{signature}";

  // `device_key`: the key for signing links is derived from it.
  explicit DownloadLink(const Secret& device_key);

  std::string path(std::string_view image, const DeviceId& device,
                   std::chrono::system_clock::time_point now) const;

  enum class Verdict { kGood, kForged, kExpired };
  // The parts of the path as they came; hostile.
  Verdict check(std::string_view image, std::string_view device, std::string_view expires,
                std::string_view signature, std::chrono::system_clock::time_point now) const;

 private:
  std::string sign(std::string_view image, std::string_view device, std::string_view expires) const;
  Secret key_;
};

}  // namespace earshot::gateway
