// Values that a gateway makes up when it starts. Pure but for the system's random numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/random.h"

namespace earshot::gateway {

template <std::size_t kBytes>
std::string random_hex() {
  std::array<std::uint8_t, kBytes> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

// Wildcard addresses are for listening; to connect, loopback reaches them.
inline std::string reachable(const std::string& listen) {
  return listen == "0.0.0.0" ? "127.0.0.1" : listen;
}

}  // namespace earshot::gateway
