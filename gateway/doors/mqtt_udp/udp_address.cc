#include "gateway/doors/mqtt_udp/udp_address.h"

namespace earshot::gateway {

std::string to_string(UdpAddress address) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) {
    text += std::to_string((address.ip >> shift) & 0xFF);
    text += shift == 0 ? ':' : '.';
  }
  return text + std::to_string(address.port);
}

}  // namespace earshot::gateway
