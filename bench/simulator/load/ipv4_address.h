// Where a host is. Blocks for the look-up.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

namespace earshot::simulator {

// IPv4, as the firmware's own resolver gives (device-protocol 3.2).
// RETURNS: false: there is no such host.
bool find_ipv4(const std::string& host, std::uint16_t port, sockaddr_in& out);

}  // namespace earshot::simulator
