#include "bench/simulator/load/mqtt_wire.h"

#include "common/base/check.h"

namespace earshot::simulator {

namespace {

// MQTT 3.1.1, 2.2.1: the packet type is the upper half of the first byte.
constexpr std::uint8_t kConnect = 0x10;
constexpr std::uint8_t kConnack = 0x20;
constexpr std::uint8_t kPublish = 0x30;
constexpr std::uint8_t kSubscribe = 0x82;  // with the reserved bits of 3.8.1
constexpr std::uint8_t kPing = 0xC0;
constexpr std::uint8_t kDisconnect = 0xE0;
constexpr std::uint8_t kTypeMask = 0xF0;

constexpr std::uint8_t kCleanSession = 0x02;  // 3.1.2.3
constexpr std::uint8_t kHasUsername = 0x80;
constexpr std::uint8_t kHasPassword = 0x40;

void append_u16(Bytes& out, std::size_t value) {
  EARSHOT_CHECK(value <= 0xFFFF, "an MQTT text is too long");
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_text(Bytes& out, std::string_view text) {
  append_u16(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

// 2.2.3: seven bits a byte, lowest first.
void append_head(Bytes& out, std::uint8_t type, std::size_t length) {
  out.push_back(type);
  do {
    const std::size_t rest = length >> 7;
    out.push_back(static_cast<std::uint8_t>((length & 0x7F) | (rest > 0 ? 0x80U : 0U)));
    length = rest;
  } while (length > 0);
}

}  // namespace

void append_connect(Bytes& out, const MqttLogin& login) {
  const std::size_t length =
      10 + 2 + login.client_id.size() + 2 + login.username.size() + 2 + login.password.size();
  append_head(out, kConnect, length);
  append_text(out, "MQTT");
  out.push_back(4);  // 3.1.1
  out.push_back(kCleanSession | kHasUsername | kHasPassword);
  append_u16(out, login.keepalive_s);
  append_text(out, login.client_id);
  append_text(out, login.username);
  append_text(out, login.password);
}

void append_publish(Bytes& out, std::string_view topic, std::string_view payload) {
  append_head(out, kPublish, 2 + topic.size() + payload.size());
  append_text(out, topic);
  out.insert(out.end(), payload.begin(), payload.end());
}

void append_subscribe(Bytes& out, std::string_view filter) {
  append_head(out, kSubscribe, 2 + 2 + filter.size() + 1);
  append_u16(out, 1);  // the packet id; there is one subscription
  append_text(out, filter);
  out.push_back(0);  // QoS
}

void append_ping(Bytes& out) {
  append_head(out, kPing, 0);
}

void append_disconnect(Bytes& out) {
  append_head(out, kDisconnect, 0);
}

void MqttReader::add(ByteView bytes) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
  begin_ = 0;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<MqttPacket> MqttReader::next() {
  const ByteView rest = ByteView(bytes_).subspan(begin_);
  std::size_t length = 0;
  std::size_t at = 1;
  for (unsigned shift = 0;; shift += 7, ++at) {
    if (broken_ || at >= rest.size()) return std::nullopt;
    length |= std::size_t{rest[at] & 0x7FU} << shift;
    broken_ = length > kMaxPacketBytes || shift > 21;
    if ((rest[at] & 0x80) == 0) break;
  }
  ++at;
  if (broken_ || rest.size() - at < length) return std::nullopt;
  const ByteView body = rest.subspan(at, length);
  begin_ += at + length;

  MqttPacket packet;
  switch (rest[0] & kTypeMask) {
    case kConnack:
      broken_ = body.size() != 2;
      if (broken_) return std::nullopt;
      packet.kind = MqttPacket::Kind::kConnack;
      packet.connack_code = body[1];
      break;
    case kPublish: {
      const std::size_t topic = body.size() < 2 ? body.size() : std::size_t{2} + load_be16(body.data());
      // QoS 1 and 2 would bring an identifier; nobody subscribed, so nobody may send them.
      broken_ = topic < 2 || topic > body.size() || (rest[0] & 0x06) != 0;
      if (broken_) return std::nullopt;
      packet.kind = MqttPacket::Kind::kPublish;
      packet.payload = as_text(body.subspan(topic));
      break;
    }
    default:
      break;
  }
  return packet;
}

}  // namespace earshot::simulator
