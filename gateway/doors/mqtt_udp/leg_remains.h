// What a leg leaves to the next gateway, so that the device need not say hello again. Pure value.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/udp_address.h"

namespace earshot::gateway {

struct LegRemains {
  AudioKey key;
  std::uint32_t uplink_sequence = 0;  // the highest that was taken
  // Datagrams to the device up to this one belong to whoever wrote it: used or not, their keystream is gone.
  std::uint32_t downlink_reserved = 0;
  std::optional<UdpAddress> peer = std::nullopt;
};

}  // namespace earshot::gateway
