#include "gateway/ctl/model_hosts.h"

#include <algorithm>

#include "common/asio/asio.h"

namespace earshot::ctl {

std::optional<OwnNetwork> own_network(std::string_view address) {
  error_code failure;
  const auto parsed = asio::ip::make_address_v4(std::string(address), failure);
  if (failure) return std::nullopt;
  const auto bytes = parsed.to_bytes();
  const bool is_private = bytes[0] == 10 || (bytes[0] == 192 && bytes[1] == 168) ||
                          (bytes[0] == 172 && bytes[1] >= 16 && bytes[1] <= 31);
  if (!is_private) return std::nullopt;
  const std::string prefix =
      std::to_string(bytes[0]) + "." + std::to_string(bytes[1]) + "." + std::to_string(bytes[2]) + ".";
  OwnNetwork network{.name = prefix + "0/24", .hosts = {}};
  for (int last = 1; last <= 254; ++last) {
    if (last != bytes[3]) network.hosts.push_back(prefix + std::to_string(last));
  }
  return network;
}

bool is_plain_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '-' && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace earshot::ctl
