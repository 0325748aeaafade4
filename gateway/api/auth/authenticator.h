// From the headers of a request to an identity.
//
// A request with an Authorization header is judged by that alone; else by its session cookie. A token has its
// own scopes, cut to what its user's role allows now. The local token is taken from this host only.
// Runs on: the gateway's main executor.
// Borrows: accounts, sessions and clock.
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/http/http_message.h"
#include "gateway/api/access.h"
#include "gateway/api/auth/accounts.h"
#include "gateway/api/auth/credentials.h"
#include "gateway/api/auth/sessions.h"

namespace earshot::gateway::api {

inline constexpr std::string_view kSessionCookie = "earshot_session";
inline constexpr std::string_view kCsrfHeader = "X-Earshot-CSRF";

class Authenticator {
 public:
  // `local_token` as secret_files.h made it; empty: there is none.
  Authenticator(Accounts& accounts, Sessions& sessions, const Clock& clock, const Secret& local_token)
      : accounts_(accounts),
        sessions_(sessions),
        clock_(clock),
        local_hash_(local_token.empty() ? std::string() : hash_of(local_token)) {}

  // nullopt: nobody that we know. Counts as use of the session or token.
  std::optional<Identity> identify(const http::Request& request);

 private:
  std::optional<Identity> by_token(const TokenText& shown, bool from_this_host);
  std::optional<Identity> by_cookie(std::string_view cookie);

  Accounts& accounts_;
  Sessions& sessions_;
  const Clock& clock_;
  std::string local_hash_;
};

}  // namespace earshot::gateway::api
