// Whether who asks for a call may have one: tokens of this gateway, and how often one may be wrong about them.
//
// Runs on: the HTTP server's executor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"
#include "common/base/rate_limiter.h"
#include "common/http/http_message.h"

namespace earshot::gateway {

class CallerGate {
 public:
  // Keys are long and random; this is against who tries for the noise of it.
  static constexpr std::uint32_t kWrongKeys = 20;  // of one address at once ...
  static constexpr Milliseconds kWrongKeyRefill{1000};

  // Whose key it is, for logs; nullopt: nobody's that may talk. `request` has it as its Authorization.
  using Identify = std::function<std::optional<std::string>(const http::Request& request)>;

  struct Verdict {
    int status = 200;  // else the refusal's: 401 or 429
    std::string caller = {};
  };

  CallerGate(bool require_key, const Clock& clock, Identify identify)
      : require_key_(require_key), clock_(clock), identify_(std::move(identify)) {}

  Verdict admit(const http::Request& request, std::string_view key);
  // It has been wrong too often: nothing that it shows is looked at, so who guesses learns nothing.
  bool is_slowed(const http::Request& request) const { return !wrong_keys_.has(request.peer, clock_.now()); }

 private:
  bool require_key_;
  const Clock& clock_;
  Identify identify_;
  RateLimiter wrong_keys_{{.burst = kWrongKeys, .refill = kWrongKeyRefill}};
};

inline constexpr std::string_view kBearerPrefix = "Bearer ";

}  // namespace earshot::gateway
