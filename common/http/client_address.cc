#include "common/http/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace earshot::http {

namespace {

constexpr int kV4Bits = 96;           // of ::ffff:0:0/96, where IPv4 addresses live within IPv6
constexpr std::size_t kMaxHops = 32;  // of X-Forwarded-For, from the near end

using Address = std::array<std::uint8_t, 16>;

std::optional<Address> parse_ip(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  Address address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

bool is_v4(const Address& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

bool same_prefix(const Address& a, const Address& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (a[whole] & mask) == (b[whole] & mask);
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// All lines of the header as one list: some proxies add a line of their own behind
// the one that they were given.
std::string forwarded_for(const Headers& headers) {
  constexpr std::string_view kName = "x-forwarded-for";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::string list;
  for (const auto& [name, value] : headers.all()) {
    const bool same = std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                                 [&](char a, char b) { return lower(a) == b; });
    if (same) list += (list.empty() ? "" : ",") + value;
  }
  return list;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies proxies;
  for (const std::string& entry : networks) {
    const auto slash = entry.find('/');
    const auto address = parse_ip(std::string_view(entry).substr(0, slash));
    const Error wrong{ErrorCode::kInvalid,
                      "\"" + entry + "\" is neither an IP address nor a network (10.0.0.0/8)"};
    if (!address) return wrong;
    Network network{.prefix = *address, .bits = 128};
    if (slash != std::string::npos) {
      const bool v4 = is_v4(*address);
      int bits = 0;
      const char* last = entry.data() + entry.size();
      const auto [end, failure] = std::from_chars(entry.data() + slash + 1, last, bits);
      if (failure != std::errc{} || end != last || bits < 0 || bits > (v4 ? 32 : 128)) return wrong;
      network.bits = v4 ? kV4Bits + bits : bits;
    }
    proxies.networks_.push_back(network);
  }
  return proxies;
}

bool TrustedProxies::trusts(std::string_view ip) const {
  const auto address = parse_ip(ip);
  return address && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return same_prefix(*address, network.prefix, network.bits);
         });
}

std::string TrustedProxies::client_of(const Request& request) const {
  std::string client = request.peer;
  const std::string all_hops = forwarded_for(request.headers);
  std::string_view hops = all_hops;
  for (std::size_t i = 0; i < kMaxHops && !hops.empty() && trusts(client); ++i) {
    const auto comma = hops.rfind(',');
    const std::string_view hop = trimmed(comma == std::string_view::npos ? hops : hops.substr(comma + 1));
    hops = comma == std::string_view::npos ? std::string_view{} : hops.substr(0, comma);
    if (!parse_ip(hop)) break;  // "unknown", a port, nonsense: the proxy itself is all that is certain
    client = hop;
  }
  return client;
}

bool TrustedProxies::client_used_tls(const Request& request) const {
  return trusts(request.peer) && request.headers.find("X-Forwarded-Proto") == "https";
}

std::string limit_key(std::string_view ip) {
  const auto address = parse_ip(ip);
  if (!address) return std::string(ip.substr(0, 64));
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(*address)) {
    inet_ntop(AF_INET, address->data() + 12, text.data(), text.size());
    return text.data();
  }
  Address network = *address;
  std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  inet_ntop(AF_INET6, network.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

bool is_loopback(std::string_view ip) {
  if (ip == "localhost") return true;
  const auto address = parse_ip(ip);
  if (!address) return false;
  if (is_v4(*address)) return (*address)[12] == 127;
  Address one{};
  one[15] = 1;
  return *address == one;
}

}  // namespace earshot::http
