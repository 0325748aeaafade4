#include "gateway/api/auth/login_throttle.h"

#include <algorithm>

#include "common/http/client_address.h"

namespace earshot::gateway::api {

Milliseconds LoginThrottle::wait(std::string_view peer, std::string_view user, SteadyTime now) const {
  return std::max({peers_.wait(http::limit_key(peer), now), pairs_.wait(pair_key(peer, user), now),
                   users_.wait(user, now)});
}

void LoginThrottle::begin(std::string_view peer, std::string_view user, SteadyTime now) {
  peers_.take(http::limit_key(peer), now);
  pairs_.take(pair_key(peer, user), now);
  users_.take(user, now);
}

std::string LoginThrottle::pair_key(std::string_view peer, std::string_view user) {
  return http::limit_key(peer) + " " + std::string(user);
}

}  // namespace earshot::gateway::api
