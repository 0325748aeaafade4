#include "gateway/control/firmware/download_link.h"

#include <charconv>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/hmac.h"

namespace earshot::gateway {

namespace {

constexpr std::string_view kPurpose = "earshot firmware download 1";
constexpr std::string_view kSuffix = ".bin";

std::int64_t seconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

DownloadLink::DownloadLink(const Secret& device_key)
    : key_(std::string(as_text(hmac_sha256(as_bytes(device_key.reveal()), as_bytes(kPurpose))))) {}

std::string DownloadLink::path(std::string_view image, const DeviceId& device,
                               std::chrono::system_clock::time_point now) const {
  const std::string expires = std::to_string(seconds_of(now + kLife));
  std::string path = "/xiaozhi/firmware/";
  path.append(image).append("/").append(device.underscored()).append("/").append(expires);
  return path.append("/").append(sign(image, device.underscored(), expires)).append(kSuffix);
}

DownloadLink::Verdict DownloadLink::check(std::string_view image, std::string_view device,
                                          std::string_view expires, std::string_view signature,
                                          std::chrono::system_clock::time_point now) const {
  if (!signature.ends_with(kSuffix)) return Verdict::kForged;
  signature.remove_suffix(kSuffix.size());
  if (!equal_in_constant_time(sign(image, device, expires), signature)) return Verdict::kForged;
  std::int64_t until = 0;
  std::from_chars(expires.data(), expires.data() + expires.size(), until);  // ours: it is signed
  return until > seconds_of(now) ? Verdict::kGood : Verdict::kExpired;
}

std::string DownloadLink::sign(std::string_view image, std::string_view device,
                               std::string_view expires) const {
  // The parts hold no '/': they are path segments.
  std::string message;
  message.append(image).append("/").append(device).append("/").append(expires);
  return to_hex(hmac_sha256(as_bytes(key_.reveal()), as_bytes(message)));
}

}  // namespace earshot::gateway
