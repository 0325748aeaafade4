#include "common/ipc/endpoint.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>
#include <optional>

namespace earshot::ipc {

namespace {

constexpr std::size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

Error invalid(std::string_view text, const std::string& why) {
  return {ErrorCode::kInvalid, "'" + std::string(text) + "' " + why};
}

enum class Address { kNotNumeric, kLoopback, kOther };

Address classify(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    constexpr std::uint32_t kLoopbackNet = 127;  // 127.0.0.0/8
    return ntohl(v4.s_addr) >> 24 == kLoopbackNet ? Address::kLoopback : Address::kOther;
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1)
    return IN6_IS_ADDR_LOOPBACK(&v6) ? Address::kLoopback : Address::kOther;
  return Address::kNotNumeric;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Result<Endpoint> parse_unix(std::string_view text, std::string_view path) {
  if (path.empty()) return invalid(text, "names no path");
  if (path.size() > kMaxPathBytes) {
    return invalid(text, "has a path longer than " + std::to_string(kMaxPathBytes) +
                             " bytes, the system's limit for Unix sockets");
  }
  if (path.find('\0') != std::string_view::npos) return invalid(text, "has a zero byte in its path");
  return Endpoint{.kind = Endpoint::Kind::kUnix, .path = std::string(path), .host = {}, .port = 0};
}

// "HOST:PORT", "[IPV6]:PORT"; the host is not looked at.
Result<Endpoint> parse_place(std::string_view text, std::string_view address, Endpoint::Kind kind) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return invalid(text, "must end in HOST:PORT");
  const auto port = parse_port(address.substr(colon + 1));
  if (!port) return invalid(text, "must end in a port between 0 and 65535");
  std::string host(address.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return Endpoint{.kind = kind, .path = {}, .host = std::move(host), .port = *port};
}

bool is_host_name(std::string_view host) {
  constexpr std::size_t kMaxNameBytes = 253;  // RFC 1035 2.3.4, as text
  return !host.empty() && host.size() <= kMaxNameBytes &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
             std::string_view::npos;
}

Result<Endpoint> parse_tls(std::string_view text, std::string_view address) {
  auto endpoint = parse_place(text, address, Endpoint::Kind::kTls);
  if (endpoint && !endpoint->is_numeric() && !is_host_name(endpoint->host))
    return invalid(text, "must name a host or a numeric address");
  return endpoint;
}

Result<Endpoint> parse_tcp(std::string_view text, std::string_view address) {
  auto endpoint = parse_place(text, address, Endpoint::Kind::kTcp);
  if (!endpoint) return endpoint;
  std::string& host = endpoint->host;
  if (host == "localhost") host = "127.0.0.1";
  switch (classify(host)) {
    case Address::kNotNumeric:
      return invalid(text, "must name a numeric address");
    case Address::kOther:
      return invalid(
          text,
          "is not a loopback address: workers over the network need authentication, which TCP links do "
          "not have; use tls: there, a Unix socket or 127.0.0.1 here");
    case Address::kLoopback:
      break;
  }
  return endpoint;
}

}  // namespace

std::string Endpoint::text() const {
  if (kind == Kind::kUnix) return "unix:" + path;
  const bool v6 = host.find(':') != std::string::npos;
  return (kind == Kind::kTls ? "tls:" : "tcp:") + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Endpoint::is_numeric() const {
  return kind != Kind::kUnix && classify(host) != Address::kNotNumeric;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  constexpr std::string_view kUnixPrefix = "unix:";
  constexpr std::string_view kTcpPrefix = "tcp:";
  if (text.starts_with(kUnixPrefix)) return parse_unix(text, text.substr(kUnixPrefix.size()));
  if (text.starts_with(kTcpPrefix)) return parse_tcp(text, text.substr(kTcpPrefix.size()));
  constexpr std::string_view kTlsPrefix = "tls:";
  if (text.starts_with(kTlsPrefix)) return parse_tls(text, text.substr(kTlsPrefix.size()));
  return invalid(text, "must start with unix:, tcp: or tls:");
}

}  // namespace earshot::ipc
