// How often passwords may be tried. Pure.
//
// Three token buckets must have one left: of the address (a guesser of many names), of the name from that
// address (a guesser of one), and of the name from anywhere (a guesser with many addresses; wide, because
// whoever empties it keeps the user from logging in, though not from what is open already).
// Right attempts count too.
// Bounded: common/base/rate_limiter.h.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/rate_limiter.h"

namespace earshot::gateway::api {

class LoginThrottle {
 public:
  // How long to wait; 0: try. `peer` is an IP address.
  Milliseconds wait(std::string_view peer, std::string_view user, SteadyTime now) const;
  // Call at the start of each attempt: many at the same time must not pass on the same token.
  void begin(std::string_view peer, std::string_view user, SteadyTime now);

 private:
  static std::string pair_key(std::string_view peer, std::string_view user);

  RateLimiter peers_{{.burst = 20, .refill = Milliseconds(10'000)}};
  RateLimiter pairs_{{.burst = 5, .refill = Milliseconds(30'000)}};
  RateLimiter users_{{.burst = 50, .refill = Milliseconds(10'000)}};
};

}  // namespace earshot::gateway::api
