// The OTA answer (device-protocol 1.2, 1.4), read as the firmware reads it and checked for
// what breaks a device. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/simulator/rule.h"
#include "common/base/secret.h"

namespace earshot::simulator {

struct OtaAnswer {
  struct Mqtt {
    std::string host;
    std::uint16_t port = 8883;  // no colon in the endpoint
    std::string client_id;
    std::string username;
    Secret password;
    std::string publish_topic;
    int keepalive_s = 240;
  };
  struct WebSocket {
    std::string url;
    Secret token;
    int version = 1;
  };
  std::optional<Mqtt> mqtt;
  std::optional<WebSocket> websocket;
  bool activated = true;           // neither activation.code nor activation.challenge
  std::string activation_code;     // shown to the user, its digits spoken
  std::string activation_message;  // shown too
  std::string challenge;
  bool upgrade = false;  // a newer firmware with a URL is offered
  std::string firmware_version;
  std::string firmware_url;
};

// `running_version`: the device's own firmware.
OtaAnswer read_ota_answer(int http_status, const std::string& body, const std::string& running_version,
                          Violations& broken);

}  // namespace earshot::simulator
