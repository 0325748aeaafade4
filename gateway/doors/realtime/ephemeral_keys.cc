#include "gateway/doors/realtime/ephemeral_keys.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/hmac.h"

namespace earshot::gateway {

namespace {

constexpr std::string_view kKeyPrefix = "ek_";
// No client id of a device has a blank, so nothing that the device key signs for devices is this.
constexpr std::string_view kKeyPurpose = "realtime ephemeral key";
constexpr std::size_t kRandomDigits = 16;
constexpr std::size_t kSignatureDigits = 64;
constexpr std::size_t kMaxExpiryDigits = 10;

Secret derived_key(const Secret& device_key) {
  return Secret(to_hex(hmac_sha256(as_bytes(device_key.reveal()), as_bytes(kKeyPurpose))));
}

}  // namespace

EphemeralKeys::EphemeralKeys(const Secret& device_key) : key_(derived_key(device_key)) {}

Secret EphemeralKeys::make(Grant grant, std::chrono::sys_seconds expiry, std::string_view random) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, expiry.time_since_epoch().count(), 16).ptr;
  std::string text(kKeyPrefix);
  text.append(digits, end).append("_").append(random);
  kept_.push_back({std::string(random), std::move(grant)});
  if (kept_.size() > kMaxKept) kept_.pop_front();
  return Secret(text + "_" + signature(text));
}

std::optional<EphemeralKeys::Grant> EphemeralKeys::read(std::string_view key,
                                                        std::chrono::sys_seconds now) const {
  const std::size_t shortest = kKeyPrefix.size() + 1 + 1 + kRandomDigits + 1 + kSignatureDigits;
  if (!key.starts_with(kKeyPrefix) || key.size() < shortest || key.size() > shortest + kMaxExpiryDigits)
    return std::nullopt;
  const std::string_view text = key.substr(0, key.size() - kSignatureDigits - 1);
  if (key[text.size()] != '_') return std::nullopt;
  // An attacker tries signatures: how far one is right must not show in the time.
  if (!equal_in_constant_time(signature(text), key.substr(key.size() - kSignatureDigits)))
    return std::nullopt;
  const std::string_view expiry =
      text.substr(kKeyPrefix.size(), text.size() - kKeyPrefix.size() - kRandomDigits - 1);
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(expiry.data(), expiry.data() + expiry.size(), seconds, 16);
  if (failure != std::errc() || end != expiry.data() + expiry.size()) return std::nullopt;
  if (now.time_since_epoch().count() >= seconds) return std::nullopt;
  const auto kept = std::ranges::find(kept_, text.substr(text.size() - kRandomDigits), &Kept::random);
  return kept == kept_.end() ? std::nullopt : std::optional(kept->grant);
}

std::string EphemeralKeys::signature(std::string_view text) const {
  return to_hex(hmac_sha256(as_bytes(key_.reveal()), as_bytes(text)));
}

}  // namespace earshot::gateway
