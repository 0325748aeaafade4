// What a leg leaves to the next gateway, so that the device need not say hello again. Pure value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/udp_address.h"

namespace earshot::gateway {

// So many datagrams more than were sent are reserved in what is kept: four minutes of speech in frames of 60 ms. It is
// written anew with each sentence, and each quarter of this (Session::kKeptAnew).
inline constexpr std::uint32_t kReservedDatagrams = 4096;

// RETURNS: the last number that is reserved when `last` is used. At the end of all numbers nothing more can be sent.
constexpr std::uint32_t reserve_behind(std::uint32_t last) {
  return last + std::min(kReservedDatagrams, std::numeric_limits<std::uint32_t>::max() - last);
}

struct LegRemains {
  AudioKey key;
  std::uint32_t uplink_sequence = 0;  // the highest that was taken
  // Datagrams to the device up to this one belong to whoever wrote it: used or not, their keystream is gone.
  std::uint32_t downlink_reserved = 0;
  std::optional<UdpAddress> peer = std::nullopt;
};

}  // namespace earshot::gateway
