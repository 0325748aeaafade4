#include "bench/simulator/udp_driver.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

namespace earshot::simulator {

using asio::ip::udp;

namespace {

constexpr std::size_t kReceiveBytes = 65536;

SteadyTime to_steady(const timespec& stamp) {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto age =
      duration_cast<nanoseconds>(wall) - std::chrono::seconds(stamp.tv_sec) - nanoseconds(stamp.tv_nsec);
  const SteadyTime now = std::chrono::steady_clock::now();
  return age > nanoseconds(0) ? now - age : now;
}

}  // namespace

struct UdpDriver::Socket : std::enable_shared_from_this<UdpDriver::Socket> {
  explicit Socket(asio::io_context& io) : socket(io) {}

  void wait() {
    socket.async_wait(udp::socket::wait_read, [self = shared_from_this()](error_code closed) {
      if (closed || !self->handler) return;
      self->drain();
      if (self->handler) self->wait();
    });
  }

  void drain() {
    while (handler) {
      udp::endpoint from;
      iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
      alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> extra{};
      msghdr message{};
      message.msg_name = from.data();
      message.msg_namelen = static_cast<socklen_t>(from.capacity());
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = extra.data();
      message.msg_controllen = extra.size();
      const ssize_t got = recvmsg(socket.native_handle(), &message, MSG_DONTWAIT);
      if (got < 0) return;
      from.resize(message.msg_namelen);
      // A copy: the handler may close this socket.
      const Handler deliver = handler;
      deliver(ByteView(buffer.data(), static_cast<std::size_t>(got)), from == server, arrival_of(message));
    }
  }

  static SteadyTime arrival_of(msghdr& message) {
    const cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_TIMESTAMPNS)
      return std::chrono::steady_clock::now();
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(head), sizeof stamp);
    return to_steady(stamp);
  }

  udp::socket socket;
  udp::endpoint server;
  Handler handler;  // empty: closed
  std::array<std::uint8_t, kReceiveBytes> buffer{};
};

Result<std::unique_ptr<UdpDriver>> UdpDriver::open(asio::io_context& io, const std::string& host,
                                                   std::uint16_t port, Handler handler) {
  auto socket = std::make_shared<Socket>(io);
  error_code failure;
  udp::resolver resolver(io);
  const auto found = resolver.resolve(udp::v4(), host, std::to_string(port), failure);
  if (failure || found.empty()) return Error{ErrorCode::kUnavailable, "no IPv4 address of " + host};
  socket->server = *found.begin();
  if (socket->socket.open(udp::v4(), failure) || socket->socket.bind(udp::endpoint(udp::v4(), 0), failure))
    return Error{ErrorCode::kUnavailable, "cannot open a UDP socket: " + failure.message()};
  const int on = 1;
  // Without kernel times the time of reading has to do.
  static_cast<void>(setsockopt(socket->socket.native_handle(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
  socket->handler = std::move(handler);
  socket->wait();
  return std::unique_ptr<UdpDriver>(new UdpDriver(std::move(socket)));
}

UdpDriver::~UdpDriver() {
  socket_->handler = nullptr;
  error_code ignored;
  static_cast<void>(socket_->socket.close(ignored));
}

void UdpDriver::send(ByteView datagram) {
  error_code lost;
  socket_->socket.send_to(asio::buffer(datagram.data(), datagram.size()), socket_->server, 0, lost);
}

}  // namespace earshot::simulator
