#include "tests/fakes/raw_mqtt_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace earshot::fakes {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint8_t kConnack = 2;
constexpr std::uint8_t kPublish = 3;
constexpr std::uint8_t kPuback = 4;
constexpr std::uint8_t kSuback = 9;
constexpr std::uint8_t kPingresp = 13;

void append_u16(Bytes& to, std::size_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

void append_string(Bytes& to, std::string_view text) {
  append_u16(to, text.size());
  to.insert(to.end(), text.begin(), text.end());
}

RawMqttMessage read_publish(const RawMqttPacket& packet) {
  RawMqttMessage message;
  message.qos = (packet.flags >> 1) & 3;
  message.retained = (packet.flags & 1) != 0;
  if (packet.body.size() < 2) return message;
  const std::size_t topic_bytes = load_be16(packet.body.data());
  const std::size_t payload_at = 2 + topic_bytes + (message.qos > 0 ? 2 : 0);
  if (packet.body.size() < payload_at) return message;
  const std::string_view body = as_text(packet.body);
  message.topic = body.substr(2, topic_bytes);
  message.payload = body.substr(payload_at);
  return message;
}

}  // namespace

std::optional<RawMqttClient> RawMqttClient::open(const std::string& address, std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return std::nullopt;
  RawMqttClient client(socket);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) return std::nullopt;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return std::nullopt;
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return client;
}

RawMqttClient::RawMqttClient(RawMqttClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      closed_(other.closed_),
      buffer_(std::move(other.buffer_)),
      kept_(std::move(other.kept_)),
      next_packet_id_(other.next_packet_id_) {}

RawMqttClient& RawMqttClient::operator=(RawMqttClient&& other) noexcept {
  if (this == &other) return *this;
  close();
  socket_ = std::exchange(other.socket_, -1);
  closed_ = other.closed_;
  buffer_ = std::move(other.buffer_);
  kept_ = std::move(other.kept_);
  next_packet_id_ = other.next_packet_id_;
  return *this;
}

RawMqttClient::~RawMqttClient() {
  close();
}

std::optional<int> RawMqttClient::login(const Login& login, Timeout timeout) {
  Bytes body;
  append_string(body, "MQTT");
  body.push_back(4);  // 3.1.1
  std::uint8_t flags = login.clean_session ? 0x02 : 0;
  if (login.username) flags |= 0x80;
  if (login.password) flags |= 0x40;
  if (login.will) {
    flags =
        static_cast<std::uint8_t>(flags | 0x04 | (login.will->qos << 3) | (login.will->retained ? 0x20 : 0));
  }
  body.push_back(flags);
  append_u16(body, login.keepalive_s);
  append_string(body, login.client_id);
  if (login.will) {
    append_string(body, login.will->topic);
    append_string(body, login.will->payload);
  }
  if (login.username) append_string(body, *login.username);
  if (login.password) append_string(body, *login.password);
  if (!send_packet(0x10, body)) return std::nullopt;
  const auto answer = await(kConnack, timeout);
  if (!answer || answer->body.size() != 2) return std::nullopt;
  return answer->body[1];
}

bool RawMqttClient::publish(std::string_view topic, std::string_view payload, bool retained) {
  Bytes body;
  append_string(body, topic);
  body.insert(body.end(), payload.begin(), payload.end());
  return send_packet(retained ? 0x31 : 0x30, body);
}

bool RawMqttClient::publish_acknowledged(std::string_view topic, std::string_view payload, Timeout timeout) {
  Bytes body;
  append_string(body, topic);
  append_u16(body, next_packet_id_++);
  body.insert(body.end(), payload.begin(), payload.end());
  return send_packet(0x32, body) && await(kPuback, timeout).has_value();
}

std::optional<int> RawMqttClient::subscribe(std::string_view filter, std::uint8_t qos, Timeout timeout) {
  Bytes body;
  append_u16(body, next_packet_id_++);
  append_string(body, filter);
  body.push_back(qos);
  if (!send_packet(0x82, body)) return std::nullopt;
  const auto answer = await(kSuback, timeout);
  if (!answer || answer->body.size() != 3) return std::nullopt;
  return answer->body[2];
}

bool RawMqttClient::ping(Timeout timeout) {
  return send_packet(0xc0, {}) && await(kPingresp, timeout).has_value();
}

void RawMqttClient::disconnect() {
  send_packet(0xe0, {});
  close();
}

void RawMqttClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  closed_ = true;
}

bool RawMqttClient::send_bytes(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<RawMqttMessage> RawMqttClient::next_message(Timeout timeout) {
  if (kept_.empty()) {
    const auto packet = await(kPublish, timeout);
    if (!packet) return std::nullopt;
    return read_publish(*packet);
  }
  RawMqttMessage message = std::move(kept_.front());
  kept_.erase(kept_.begin());
  return message;
}

std::optional<RawMqttPacket> RawMqttClient::next_packet(Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    if (auto packet = take_buffered()) return packet;
    if (closed_) return std::nullopt;
    const auto left = std::chrono::ceil<Timeout>(deadline - Clock::now());
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(std::max(left, Timeout(0)).count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    std::array<std::uint8_t, 16384> chunk;
    const ssize_t got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got <= 0) {
      closed_ = true;
    } else {
      buffer_.insert(buffer_.end(), chunk.begin(), chunk.begin() + got);
    }
  }
}

bool RawMqttClient::wait_closed(Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!closed_ && Clock::now() < deadline) {
    next_packet(std::chrono::ceil<Timeout>(deadline - Clock::now()));
  }
  return closed_;
}

std::optional<RawMqttPacket> RawMqttClient::await(std::uint8_t type, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (auto packet = next_packet(std::chrono::ceil<Timeout>(deadline - Clock::now()))) {
    if (packet->type == type) return packet;
    if (packet->type == kPublish) kept_.push_back(read_publish(*packet));
  }
  return std::nullopt;
}

std::optional<RawMqttPacket> RawMqttClient::take_buffered() {
  // Fixed header: type and flags, then the remaining length in 1 to 4 bytes of 7 bits, low bits first.
  std::size_t length = 0;
  std::size_t at = 1;
  for (int shift = 0;; shift += 7, ++at) {
    if (at >= buffer_.size() || shift > 21) return std::nullopt;
    length |= static_cast<std::size_t>(buffer_[at] & 0x7f) << shift;
    if ((buffer_[at] & 0x80) == 0) break;
  }
  ++at;
  if (buffer_.size() < at + length) return std::nullopt;
  const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = begin + static_cast<std::ptrdiff_t>(length);
  RawMqttPacket packet{.type = static_cast<std::uint8_t>(buffer_[0] >> 4),
                       .flags = static_cast<std::uint8_t>(buffer_[0] & 0x0f),
                       .body = Bytes(begin, end)};
  buffer_.erase(buffer_.begin(), end);
  return packet;
}

bool RawMqttClient::send_packet(std::uint8_t first_byte, const Bytes& body) {
  Bytes packet{first_byte};
  std::size_t left = body.size();
  do {
    packet.push_back(static_cast<std::uint8_t>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
    left >>= 7;
  } while (left > 0);
  packet.insert(packet.end(), body.begin(), body.end());
  return send_bytes(packet);
}

}  // namespace earshot::fakes
