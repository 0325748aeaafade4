// As much of MQTT 3.1.1 as a device speaks: CONNECT, SUBSCRIBE and PUBLISH with QoS 0, PINGREQ, DISCONNECT out; CONNACK and
// PUBLISH in. Written for thousands of devices on one thread,
// where a libmosquitto client each is too much. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace earshot::simulator {

// Each appends one packet.
// REQUIRES: texts of at most 65535 bytes.
struct MqttLogin {
  std::string_view client_id;
  std::string_view username;
  std::string_view password;
  std::uint16_t keepalive_s = 240;
};
void append_connect(Bytes& out, const MqttLogin& login);
void append_subscribe(Bytes& out, std::string_view filter);
void append_publish(Bytes& out, std::string_view topic, std::string_view payload);
void append_ping(Bytes& out);
void append_disconnect(Bytes& out);

struct MqttPacket {
  enum class Kind { kConnack, kPublish, kOther };
  Kind kind = Kind::kOther;
  std::uint8_t connack_code = 0;
  std::string_view payload;  // of a PUBLISH; lives until the next add()
};

// Cuts a stream into packets.
class MqttReader {
 public:
  static constexpr std::size_t kMaxPacketBytes = 64 * 1024;  // more than any server may send (2.1)

  void add(ByteView bytes);
  // nullopt: more bytes are needed, or the stream is broken().
  std::optional<MqttPacket> next();
  bool broken() const { return broken_; }

 private:
  Bytes bytes_;
  std::size_t begin_ = 0;
  bool broken_ = false;
};

}  // namespace earshot::simulator
