#include "bench/simulator/load/control_fleet.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/simulator/load/ipv4_address.h"
#include "common/base/check.h"

namespace earshot::simulator {

namespace {

constexpr std::size_t kEvents = 256;
constexpr Milliseconds kPingInterval{60'000};

}  // namespace

ControlFleet::ControlFleet(std::vector<OtaAnswer::Mqtt> logins, Handlers handlers)
    : logins_(std::move(logins)),
      handlers_(std::move(handlers)),
      connections_(logins_.size()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      next_ping_(std::chrono::steady_clock::now() + kPingInterval) {
  EARSHOT_CHECK(epoll_ >= 0, "no epoll");
}

ControlFleet::~ControlFleet() {
  for (const Connection& connection : connections_) {
    if (connection.descriptor >= 0) ::close(connection.descriptor);
  }
  ::close(epoll_);
}

void ControlFleet::connect(std::size_t device) {
  Connection& connection = connections_[device];
  const OtaAnswer::Mqtt& login = logins_[device];
  sockaddr_in address{};
  if (!find_ipv4(login.host, login.port, address)) return lose(device, "no such host: " + login.host);
  connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.descriptor < 0) return lose(device, std::strerror(errno));
  const int on = 1;
  ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  append_connect(connection.out, {.client_id = login.client_id,
                                  .username = login.username,
                                  .password = login.password.reveal(),
                                  .keepalive_s = static_cast<std::uint16_t>(login.keepalive_s)});
  if (::connect(connection.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return lose(device, std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u64 = device;
  connection.wants_write = true;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event);
}

void ControlFleet::subscribe(std::size_t device, std::string_view filter) {
  if (connections_[device].descriptor < 0) return;
  append_subscribe(connections_[device].out, filter);
  if (connections_[device].established) flush(device);
}

void ControlFleet::publish(std::size_t device, std::string_view json) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  append_publish(connection.out, logins_[device].publish_topic, json);
  if (connection.established) flush(device);
}

void ControlFleet::disconnect_all() {
  for (std::size_t device = 0; device < connections_.size(); ++device) {
    if (connections_[device].descriptor < 0) continue;
    append_disconnect(connections_[device].out);
    flush(device);
  }
}

void ControlFleet::poll(Milliseconds patience) {
  std::array<epoll_event, kEvents> events{};
  const int ready = ::epoll_wait(epoll_, events.data(), kEvents, static_cast<int>(patience.count()));
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto device = static_cast<std::size_t>(event.data.u64);
    if ((event.events & EPOLLOUT) != 0) {
      connections_[device].established = true;
      flush(device);
    }
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(device);
  }
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_ping_) return;
  next_ping_ = now + kPingInterval;
  for (std::size_t device = 0; device < connections_.size(); ++device) {
    if (!connections_[device].accepted || connections_[device].descriptor < 0) continue;
    append_ping(connections_[device].out);
    flush(device);
  }
}

void ControlFleet::lose(std::size_t device, const std::string& why) {
  Connection& connection = connections_[device];
  if (connection.descriptor >= 0) ::close(connection.descriptor);
  connection.descriptor = -1;
  connected_ -= std::exchange(connection.accepted, false) ? 1 : 0;
  ++lost_;
  last_error_ = why;
}

void ControlFleet::watch(std::size_t device, bool write) {
  Connection& connection = connections_[device];
  if (std::exchange(connection.wants_write, write) == write) return;
  epoll_event event{};
  event.events = write ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = device;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.descriptor, &event);
}

void ControlFleet::flush(std::size_t device) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  if (!connection.out.empty()) {
    const ssize_t sent =
        ::send(connection.descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return lose(device, std::strerror(errno));
    if (sent > 0) connection.out.erase(connection.out.begin(), connection.out.begin() + sent);
  }
  watch(device, !connection.out.empty());
}

void ControlFleet::read(std::size_t device) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  std::array<std::uint8_t, 16 * 1024> room{};
  const ssize_t got = ::recv(connection.descriptor, room.data(), room.size(), 0);
  if (got == 0) return lose(device, "the broker closed the connection");
  if (got < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) lose(device, std::strerror(errno));
    return;
  }
  connection.reader.add(ByteView(room).first(static_cast<std::size_t>(got)));
  while (const auto packet = connection.reader.next()) {
    if (packet->kind == MqttPacket::Kind::kConnack) {
      if (packet->connack_code != 0) {
        return lose(device, "login refused, code " + std::to_string(packet->connack_code));
      }
      connection.accepted = true;
      ++connected_;
      handlers_.on_connected(device);
    } else if (packet->kind == MqttPacket::Kind::kPublish) {
      handlers_.on_message(device, packet->payload);
    }
  }
  if (connection.reader.broken()) lose(device, "not MQTT 3.1.1");
}

}  // namespace earshot::simulator
