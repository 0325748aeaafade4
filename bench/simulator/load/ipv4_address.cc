#include "bench/simulator/load/ipv4_address.h"

#include <netdb.h>

#include <cstring>

namespace earshot::simulator {

bool find_ipv4(const std::string& host, std::uint16_t port, sockaddr_in& out) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) return false;
  std::memcpy(&out, found->ai_addr, sizeof(out));
  ::freeaddrinfo(found);
  out.sin_port = htons(port);
  return true;
}

}  // namespace earshot::simulator
