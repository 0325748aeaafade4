// The answer to a hello over MQTT: where the device sends its sound, and how it is encrypted (device-protocol 3.2).
// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/live/session/device_leg.h"

namespace earshot::gateway {

struct UdpAnnouncement {
  std::string server;      // IPv4 address or host name
  std::uint16_t port = 0;  // of this shard's socket; down datagrams must leave from it (4.3)
};

// It holds the key: not for logs.
std::string hello_message(const SessionId& session, const SessionTerms& terms, const UdpAnnouncement& where,
                          Ssrc ssrc, const AudioKey& key);

}  // namespace earshot::gateway
