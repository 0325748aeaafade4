// The IPv4 address and port of a peer. IPv4 only: the firmware resolves the server's name with gethostbyname
// (device-protocol 3.2), so no device can reach us in another way. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace earshot::gateway {

struct UdpAddress {
  std::uint32_t ip = 0;  // host byte order
  std::uint16_t port = 0;
  auto operator<=>(const UdpAddress&) const = default;
};

std::string to_string(UdpAddress address);  // 192.0.2.1:4000

}  // namespace earshot::gateway
