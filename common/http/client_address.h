// Whose request it is, when proxies of ours stand in front. Pure.
//
// X-Forwarded-For is believed only as far as it was written by proxies that the configuration names: anybody
// can send the header, to be somebody else for logs and limits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/http/http_message.h"

namespace earshot::http {

class TrustedProxies {
 public:
  TrustedProxies() = default;  // trusts nobody
  // IPv4 or IPv6 addresses and networks: "10.0.0.0/8", "::1".
  // Errors: kInvalid, naming the entry.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  bool trusts(std::string_view ip) const;
  // The nearest address that is not one of our proxies.
  std::string client_of(const Request& request) const;
  // Whether the client spoke https with the proxy (X-Forwarded-Proto).
  bool client_used_tls(const Request& request) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> prefix{};
    int bits = 0;
  };
  std::vector<Network> networks_;
};

// Who counts as one for limits: an IPv4 address, or a /64 network of IPv6, of which any host has 2^64
// addresses for nothing. Text that is no address is a key of its own.
std::string limit_key(std::string_view ip);

// 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(std::string_view ip);

}  // namespace earshot::http
