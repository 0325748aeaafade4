#include "worker/providers/net/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace earshot::worker {

namespace {

using Ipv6 = std::array<std::uint8_t, 16>;

struct Ipv4Range {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array<Ipv4Range, 15> kNotPublic = {{
    {ipv4(0, 0, 0, 0), 8},        // this network; 0.0.0.0 is this machine
    {ipv4(10, 0, 0, 0), 8},       // private
    {ipv4(100, 64, 0, 0), 10},    // of carriers
    {ipv4(127, 0, 0, 0), 8},      // loopback
    {ipv4(169, 254, 0, 0), 16},   // link-local; clouds tell their secrets there
    {ipv4(172, 16, 0, 0), 12},    // private
    {ipv4(192, 0, 0, 0), 24},     // protocol assignments
    {ipv4(192, 0, 2, 0), 24},     // documentation
    {ipv4(192, 88, 99, 0), 24},   // 6to4 relays, which are no more
    {ipv4(192, 168, 0, 0), 16},   // private
    {ipv4(198, 18, 0, 0), 15},    // benchmarks
    {ipv4(198, 51, 100, 0), 24},  // documentation
    {ipv4(203, 0, 113, 0), 24},   // documentation
    {ipv4(224, 0, 0, 0), 4},      // multicast
    {ipv4(240, 0, 0, 0), 4},      // reserved, broadcast
}};

std::uint32_t ipv4_at(const Ipv6& address, std::size_t offset) {
  return ipv4(address[offset], address[offset + 1], address[offset + 2], address[offset + 3]);
}

bool begins_with(const Ipv6& address, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool is_public_ipv6(const Ipv6& address) {
  if (begins_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}))
    return is_public_ipv4(ipv4_at(address, 12));
  if (begins_with(address, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}))
    return is_public_ipv4(ipv4_at(address, 12));
  if (begins_with(address, {0x20, 0x02})) return is_public_ipv4(ipv4_at(address, 2));
  // 2001::/23 holds Teredo and other detours, 2001:db8::/32 is documentation.
  if (begins_with(address, {0x20, 0x01}) && address[2] < 0x02) return false;
  if (begins_with(address, {0x20, 0x01, 0x0d, 0xb8})) return false;
  return (address[0] & 0xe0) == 0x20;  // 2000::/3, all that has been given out
}

}  // namespace

bool is_public_ipv4(std::uint32_t address) {
  return std::ranges::none_of(
      kNotPublic, [&](const Ipv4Range& range) { return (address ^ range.first) >> (32 - range.bits) == 0; });
}

bool is_public_address(const sockaddr* address, std::size_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in four{};
    std::memcpy(&four, address, sizeof four);
    return is_public_ipv4(ntohl(four.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 six{};
    std::memcpy(&six, address, sizeof six);
    Ipv6 bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return is_public_ipv6(bytes);
  }
  return false;
}

bool is_public_address(std::string_view text) {
  const std::string zero_ended(text);
  in_addr four{};
  if (::inet_pton(AF_INET, zero_ended.c_str(), &four) == 1) return is_public_ipv4(ntohl(four.s_addr));
  Ipv6 six{};
  return ::inet_pton(AF_INET6, zero_ended.c_str(), six.data()) == 1 && is_public_ipv6(six);
}

}  // namespace earshot::worker
