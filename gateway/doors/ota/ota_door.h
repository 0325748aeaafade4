// The HTTP door for devices at boot: their configuration at /xiaozhi/ota/, their activation at
// /xiaozhi/ota/activate (device-protocol 1).
//
// Runs on: the HTTP server's executor, which is the gateway's main one.
// Borrows: bootstrap, clock and router, for its life.
// Limits: token buckets for each peer and for all together (429: the firmware asks again after 10 s and
// more). Loopback is not limited by peer: a test's thousand devices come from there, and a proxy's clients
// are known by X-Forwarded-For (http.trusted_proxies).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/rate_limiter.h"
#include "common/http/http_router.h"
#include "common/log/log_limiter.h"
#include "gateway/control/devices/bootstrap.h"
#include "gateway/doors/ota/ota_answer.h"

namespace earshot::gateway {

enum class OtaEvent {
  kAnswered,
  kWaiting,
  kRefused,
  kRateLimited,
  kMalformed,
  kUnavailable,
  kWrongProof,
  kLookedAt,  // by a person, with a browser
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(OtaEvent::kCount)> kOtaEventNames{
    "ota_admitted",  "ota_waiting",     "ota_refused",     "ota_rate_limited",
    "ota_malformed", "ota_unavailable", "ota_wrong_proof", "ota_looked_at"};

struct OtaLimits {
  // A household needs one request a boot and one poll each three seconds while it waits; an office full of
  // devices behind one address comes back at the same moment after a power cut.
  RateLimiter::Rate per_peer{.burst = 500, .refill = Milliseconds(100), .max_keys = 10'000};
  RateLimiter::Rate all{.burst = 10'000, .refill = Milliseconds(2), .max_keys = 1};
};

class OtaDoor {
 public:
  // What a device that is admitted is offered; nullopt: nothing.
  using OfferFirmware = std::function<std::optional<FirmwareOffer>(const BootReport&)>;

  OtaDoor(OtaConfig config, Bootstrap& bootstrap, OfferFirmware offer, const Clock& clock,
          const OtaLimits& limits = {});
  void mount(http::Router& router);

  const Counters<OtaEvent, kOtaEventNames>& counters() const { return counters_; }

 private:
  bool within_limits(const http::Request& request, const http::Reply& reply);
  void configure(const http::Request& request, const http::Reply& reply);
  void activate(const http::Request& request, const http::Reply& reply);
  void answer(const BootReport& report, const BootAnswer& decided, const http::Reply& reply);
  void refuse(std::string_view peer, const http::Reply& reply, int status, std::string_view why);

  OtaConfig config_;
  Bootstrap& bootstrap_;
  OfferFirmware offer_;
  const Clock& clock_;
  RateLimiter per_peer_;
  RateLimiter all_;
  log::LogLimiter refusals_{10, Milliseconds(60'000)};
  log::LogLimiter answers_{200, Milliseconds(60'000)};  // a flood of strangers is no story of each
  Counters<OtaEvent, kOtaEventNames> counters_;
};

}  // namespace earshot::gateway
