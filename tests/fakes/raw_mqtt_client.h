// A raw MQTT 3.1.1 client over a blocking socket, for tests. It sends what it is told and nothing else: above
// all it never subscribes by itself, as the firmware does not (device-protocol 2.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"

namespace earshot::fakes {

struct RawMqttPacket {
  // High half of the first byte: 2 CONNACK, 3 PUBLISH, 4 PUBACK, 9 SUBACK, 13 PINGRESP.
  std::uint8_t type = 0;
  std::uint8_t flags = 0;  // low half
  Bytes body;              // after the remaining length
};

struct RawMqttMessage {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retained = false;
};

// Runs on: the test's thread. Every wait has a deadline; a client whose peer closed answers nullopt / false.
class RawMqttClient {
 public:
  using Timeout = std::chrono::milliseconds;
  static constexpr Timeout kDefaultTimeout{2000};

  // Connects TCP only. nullopt when nobody listens there.
  static std::optional<RawMqttClient> open(const std::string& address, std::uint16_t port);
  RawMqttClient(RawMqttClient&& other) noexcept;
  RawMqttClient& operator=(RawMqttClient&& other) noexcept;
  ~RawMqttClient();

  struct Login {
    std::string client_id;
    std::optional<std::string> username = std::nullopt;
    std::optional<std::string> password = std::nullopt;
    std::uint16_t keepalive_s = 240;
    bool clean_session = true;
    std::optional<RawMqttMessage> will = std::nullopt;
  };
  // RETURNS: the CONNACK code (0 good, 5 not authorised); nullopt if the peer closed or said nothing.
  std::optional<int> login(const Login& login, Timeout timeout = kDefaultTimeout);

  bool publish(std::string_view topic, std::string_view payload, bool retained = false);
  // QoS 1: true when the PUBACK came.
  bool publish_acknowledged(std::string_view topic, std::string_view payload,
                            Timeout timeout = kDefaultTimeout);
  // RETURNS: the SUBACK code (0..2 granted, 0x80 refused).
  // Messages that arrive meanwhile are kept for next_message().
  std::optional<int> subscribe(std::string_view filter, std::uint8_t qos, Timeout timeout = kDefaultTimeout);
  // PINGREQ, and wait for the answer: everything sent before is handled by the broker then.
  bool ping(Timeout timeout = kDefaultTimeout);
  void disconnect();  // DISCONNECT and close
  void close();       // just close, like a device that loses power
  bool send_bytes(ByteView bytes);

  // The next PUBLISH to this client; nullopt after `timeout` or when the peer closed.
  std::optional<RawMqttMessage> next_message(Timeout timeout = kDefaultTimeout);
  // Any packet. nullopt after `timeout` or when the peer closed.
  std::optional<RawMqttPacket> next_packet(Timeout timeout = kDefaultTimeout);
  // True when the peer closes within `timeout`; packets before that are thrown away.
  bool wait_closed(Timeout timeout = kDefaultTimeout);

 private:
  explicit RawMqttClient(int socket) : socket_(socket) {}
  std::optional<RawMqttPacket> await(std::uint8_t type, Timeout timeout);
  std::optional<RawMqttPacket> take_buffered();
  bool send_packet(std::uint8_t first_byte, const Bytes& body);

  int socket_ = -1;
  bool closed_ = false;
  Bytes buffer_;
  std::vector<RawMqttMessage> kept_;  // PUBLISHes that came while another packet was awaited
  std::uint16_t next_packet_id_ = 1;
};

}  // namespace earshot::fakes
