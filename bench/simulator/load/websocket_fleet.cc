#include "bench/simulator/load/websocket_fleet.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "bench/simulator/datagram.h"
#include "bench/simulator/load/ipv4_address.h"
#include "bench/simulator/ws_frames.h"
#include "common/base/check.h"

namespace earshot::simulator {

namespace {
constexpr std::size_t kEventsAtOnce = 256;
constexpr std::uint32_t kFixedMask = 0x5A17C3E9;  // against proxies in the way, of which there is none
}  // namespace

WebSocketFleet::WebSocketFleet(std::vector<Login> logins, Handlers handlers)
    : logins_(std::move(logins)),
      handlers_(std::move(handlers)),
      connections_(logins_.size()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  EARSHOT_CHECK(epoll_ >= 0, "no epoll");
}

WebSocketFleet::~WebSocketFleet() {
  disconnect_all();
  ::close(epoll_);
}

void WebSocketFleet::connect(std::size_t device) {
  Connection& connection = connections_[device];
  const Login& login = logins_[device];
  sockaddr_in address{};
  if (!find_ipv4(login.url.host, login.url.port, address))
    return lose(device, "no such host: " + login.url.host);
  connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.descriptor < 0) return lose(device, std::strerror(errno));
  const int on = 1;
  ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  append_ws_upgrade(connection.out, login.url, login.headers);
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

void WebSocketFleet::publish(std::size_t device, std::string_view json) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  append_ws_frame(connection.out, WsOpcode::kText, as_bytes(json), kFixedMask);
  if (connection.accepted) write(device);
}

// By dropping TCP, as devices do.
void WebSocketFleet::disconnect_all() {
  for (Connection& connection : connections_) {
    if (connection.descriptor >= 0) ::close(connection.descriptor);
    connection.descriptor = -1;
  }
}

void WebSocketFleet::poll(Milliseconds patience) {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int ready = ::epoll_wait(epoll_, events.data(), kEventsAtOnce, static_cast<int>(patience.count()));
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto device = static_cast<std::size_t>(event.data.u64);
    if ((event.events & EPOLLOUT) != 0) {
      connections_[device].established = true;
      write(device);
    }
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(device);
  }
}

std::span<std::uint8_t> WebSocketFleet::queue(std::size_t socket, std::size_t bytes) {
  return queued_.emplace_back(socket, Bytes(bytes)).second;
}

void WebSocketFleet::flush() {
  for (const auto& [device, datagram] : std::exchange(queued_, {})) {
    Connection& connection = connections_[device];
    if (connection.descriptor < 0) {
      ++send_failures_;
      continue;
    }
    const ByteView opus = ByteView(datagram).subspan(kHeaderBytes);
    append_ws_frame(connection.out, WsOpcode::kBinary, make_ws_frame(logins_[device].version, opus, 0),
                    kFixedMask);
    write(device);
  }
}

void WebSocketFleet::receive(const Handler& handler) {
  poll(Milliseconds(0));
  for (const Arrived& audio : std::exchange(arrived_, {})) handler(audio.device, audio.datagram, audio.at_ns);
}

void WebSocketFleet::lose(std::size_t device, const std::string& why) {
  Connection& connection = connections_[device];
  if (connection.descriptor >= 0) ::close(connection.descriptor);
  connection.descriptor = -1;
  connected_ -= std::exchange(connection.accepted, false) ? 1 : 0;
  ++lost_;
  last_error_ = why;
}

void WebSocketFleet::watch(std::size_t device, bool write) {
  Connection& connection = connections_[device];
  if (std::exchange(connection.wants_write, write) == write) return;
  epoll_event event{};
  event.events = write ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = device;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.descriptor, &event);
}

void WebSocketFleet::write(std::size_t device) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  if (!connection.out.empty() && connection.established) {
    const ssize_t sent =
        ::send(connection.descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return lose(device, std::strerror(errno));
    if (sent > 0) connection.out.erase(connection.out.begin(), connection.out.begin() + sent);
  }
  watch(device, !connection.out.empty());
}

void WebSocketFleet::read(std::size_t device) {
  Connection& connection = connections_[device];
  if (connection.descriptor < 0) return;
  std::array<std::uint8_t, 16 * 1024> room{};
  const ssize_t got = ::recv(connection.descriptor, room.data(), room.size(), 0);
  if (got == 0) return lose(device, "the server closed the connection");
  if (got < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) lose(device, std::strerror(errno));
    return;
  }
  connection.reader.add(ByteView(room).first(static_cast<std::size_t>(got)));
  while (connection.descriptor >= 0) {
    auto item = connection.reader.next();
    if (!item) break;
    take(device, std::move(*item));
  }
  if (!connection.reader.broken().empty()) lose(device, connection.reader.broken());
}

void WebSocketFleet::take(std::size_t device, WsReader::Item item) {
  Connection& connection = connections_[device];
  if (item.upgraded) {
    connection.accepted = true;
    ++connected_;
    return handlers_.on_connected(device);
  }
  if (item.opcode == WsOpcode::kText) return handlers_.on_message(device, as_text(item.payload));
  if (item.opcode == WsOpcode::kClose) return lose(device, "the server closed the WebSocket");
  if (item.opcode == WsOpcode::kPing) {
    append_ws_frame(connection.out, WsOpcode::kPong, item.payload, kFixedMask);
    return write(device);
  }
  if (item.opcode != WsOpcode::kBinary) return;
  Violations broken;
  const auto opus = read_ws_frame(logins_[device].version, item.payload, broken);
  if (!opus || !broken.empty() || opus->size() > kMaxDatagramBytes - kHeaderBytes)
    return lose(device, "a binary frame that no device takes");
  Bytes datagram(kHeaderBytes);
  datagram[0] = kAudioType;
  datagram[1] = kDownlinkFlag;
  store_be16(datagram.data() + 2, static_cast<std::uint16_t>(opus->size()));
  store_be32(datagram.data() + 4, static_cast<std::uint32_t>(device + 1));
  store_be32(datagram.data() + 12, ++connection.received);
  datagram.insert(datagram.end(), opus->begin(), opus->end());
  arrived_.push_back({.device = device, .datagram = std::move(datagram), .at_ns = wall_ns()});
}

}  // namespace earshot::simulator
