// Whether an address belongs to the internet: not to this machine, its networks, or ranges with another purpose
// (IANA's special-purpose registries, RFC 6890). Pure.
//
// For requests whose address strangers may have a say in: a model, a page, a name server. Within IPv6 the addresses of
// IPv4 are looked for too (mapped, 6to4, NAT64, Teredo), which lead there by a detour.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string_view>

namespace earshot::worker {

// false as well for what is no address of IPv4 or IPv6.
bool is_public_address(const sockaddr* address, std::size_t size);
bool is_public_ipv4(std::uint32_t address);     // in host order
bool is_public_address(std::string_view text);  // "10.0.0.1", "fe80::1"

}  // namespace earshot::worker
