#include "bench/simulator/load/tcp_fleet.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/simulator/load/ipv4_address.h"
#include "common/base/check.h"

namespace earshot::simulator {

namespace {
constexpr std::size_t kEventsAtOnce = 256;
}  // namespace

TcpFleet::TcpFleet(std::size_t connections, std::string peer, Handlers handlers)
    : all_(connections),
      peer_(std::move(peer)),
      handlers_(std::move(handlers)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  EARSHOT_CHECK(epoll_ >= 0, "no epoll");
}

TcpFleet::~TcpFleet() {
  close_all();
  ::close(epoll_);
}

void TcpFleet::connect(std::size_t connection, const std::string& host, std::uint16_t port) {
  Connection& one = all_[connection];
  sockaddr_in address{};
  if (!find_ipv4(host, port, address)) return lose(connection, "no such host: " + host);
  one.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.descriptor < 0) return lose(connection, std::strerror(errno));
  const int on = 1;
  ::setsockopt(one.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(one.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return lose(connection, std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u64 = connection;
  one.wants_write = true;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.descriptor, &event);
}

void TcpFleet::send(std::size_t connection) {
  Connection& one = all_[connection];
  if (one.descriptor < 0) return one.out.clear();
  if (!one.established) return;
  if (!one.out.empty()) {
    const ssize_t sent = ::send(one.descriptor, one.out.data(), one.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return lose(connection, std::strerror(errno));
    if (sent > 0) one.out.erase(one.out.begin(), one.out.begin() + sent);
  }
  watch(connection, !one.out.empty());
}

void TcpFleet::lose(std::size_t connection, const std::string& why) {
  Connection& one = all_[connection];
  if (one.descriptor >= 0) ::close(one.descriptor);
  one.descriptor = -1;
  ++lost_;
  last_error_ = why;
}

void TcpFleet::close_all() {
  for (Connection& one : all_) {
    if (one.descriptor >= 0) ::close(one.descriptor);
    one.descriptor = -1;
  }
}

void TcpFleet::poll(Milliseconds patience) {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int ready = ::epoll_wait(epoll_, events.data(), kEventsAtOnce, static_cast<int>(patience.count()));
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto connection = static_cast<std::size_t>(event.data.u64);
    if ((event.events & EPOLLOUT) != 0) {
      all_[connection].established = true;
      send(connection);
    }
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(connection);
  }
}

void TcpFleet::watch(std::size_t connection, bool write) {
  Connection& one = all_[connection];
  if (std::exchange(one.wants_write, write) == write) return;
  epoll_event event{};
  event.events = write ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, one.descriptor, &event);
}

void TcpFleet::read(std::size_t connection) {
  Connection& one = all_[connection];
  if (one.descriptor < 0) return;
  std::array<std::uint8_t, 16 * 1024> room{};
  const ssize_t got = ::recv(one.descriptor, room.data(), room.size(), 0);
  if (got == 0) return lose(connection, "the " + peer_ + " closed the connection");
  if (got < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) lose(connection, std::strerror(errno));
    return;
  }
  handlers_.on_bytes(connection, ByteView(room).first(static_cast<std::size_t>(got)));
}

}  // namespace earshot::simulator
