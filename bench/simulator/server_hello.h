// The server's hello (device-protocol 3.2, 5), read as the firmware reads it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "bench/simulator/datagram.h"
#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::simulator {

enum class TransportKind { kMqttUdp, kWebSocket };

struct ServerHello {
  std::string session_id;
  int sample_rate_hz = 24000;
  int frame_duration_ms = 60;
  std::string udp_host;  // this and what follows: over MQTT
  std::uint16_t udp_port = 0;
  Block key{};
  Block nonce{};
};

// Missing audio_params keep those of `previous`.
// Errors: kInvalid; such a hello is ignored by the device.
Result<ServerHello> read_server_hello(const json::object& message, const ServerHello& previous,
                                      TransportKind kind = TransportKind::kMqttUdp);

bool is_safe_session_id(const std::string& text);             // [A-Za-z0-9_-]+
bool is_playable(int sample_rate_hz, int frame_duration_ms);  // device-protocol 7.2
bool has_nonce_form(const Block& nonce);  // a header of type 1, all else but ssrc zero (4.2)

}  // namespace earshot::simulator
