#include "gateway/doors/mqtt_udp/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/startup_error.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"

namespace earshot::gateway {

namespace {

// After that many batches the timers of the shard get their turn, however many datagrams wait.
constexpr std::size_t kBatchesPerRound = 8;

sockaddr_in to_sockaddr(UdpAddress address) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(address.port);
  out.sin_addr.s_addr = htonl(address.ip);
  return out;
}

UdpAddress to_address(const sockaddr_in& from) {
  return {ntohl(from.sin_addr.s_addr), ntohs(from.sin_port)};
}

[[noreturn]] void throw_bind_error(const std::string& address, std::uint16_t port,
                                   const error_code& failure) {
  throw StartupError(ExitCode::kBind, "cannot listen on UDP " + address + ":" + std::to_string(port) + " (" +
                                          failure.message() +
                                          "); change udp.port, or stop what holds the port");
}

}  // namespace

// Scatter lists of recvmmsg and sendmmsg, set up once: a batch costs no allocation.
struct UdpSocket::Buffers {
  struct Batch {
    Batch(std::size_t count, std::size_t slot_bytes)
        : bytes(count * slot_bytes), addresses(count), slices(count), headers(count) {
      for (std::size_t i = 0; i < count; ++i) {
        slices[i] = {bytes.data() + i * slot_bytes, slot_bytes};
        headers[i].msg_hdr.msg_iov = &slices[i];
        headers[i].msg_hdr.msg_iovlen = 1;
        headers[i].msg_hdr.msg_name = &addresses[i];
        headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
      }
    }
    std::vector<std::uint8_t> bytes;
    std::vector<sockaddr_in> addresses;
    std::vector<iovec> slices;
    std::vector<mmsghdr> headers;
  };
  Batch in{kBatch, kMaxDatagramBytes};
  Batch out{kBatch, kMaxDownlinkDatagramBytes};
  std::size_t queued = 0;
};

std::shared_ptr<UdpSocket> UdpSocket::bind(Executor executor, const std::string& address,
                                           std::uint16_t port) {
  return std::make_shared<UdpSocket>(Passkey{}, std::move(executor), address, port);
}

UdpSocket::UdpSocket(Passkey, Executor executor, const std::string& address, std::uint16_t port)
    : socket_(std::move(executor)), buffers_(std::make_unique<Buffers>()) {
  error_code failure;
  const auto host = asio::ip::make_address_v4(address, failure);
  if (failure) throw_bind_error(address, port, failure);
  const asio::ip::udp::endpoint local(host, port);
  socket_.open(local.protocol(), failure);
  if (!failure) socket_.bind(local, failure);
  if (!failure) socket_.native_non_blocking(true, failure);
  if (failure) throw_bind_error(address, port, failure);
  port_ = socket_.local_endpoint().port();
  // The kernel caps these at net.core.rmem_max and wmem_max without an error; less is still a working socket.
  error_code capped;
  socket_.set_option(asio::socket_base::receive_buffer_size(kBufferBytes), capped);
  socket_.set_option(asio::socket_base::send_buffer_size(kBufferBytes), capped);
}

UdpSocket::~UdpSocket() = default;

void UdpSocket::start(Handlers handlers) {
  EARSHOT_CHECK(handlers.on_datagram != nullptr, "a UDP socket without a reader");
  handlers_ = std::make_shared<const Handlers>(std::move(handlers));
  wait();
}

void UdpSocket::queue(UdpAddress to, ByteView datagram) {
  if (datagram.size() > kMaxDownlinkDatagramBytes) {
    counters_.add(UdpEvent::kSendTooLarge);
    return;
  }
  if (buffers_->queued == kBatch) flush();
  const std::size_t slot = buffers_->queued++;
  std::copy(datagram.begin(), datagram.end(),
            buffers_->out.bytes.begin() + static_cast<std::ptrdiff_t>(slot * kMaxDownlinkDatagramBytes));
  buffers_->out.slices[slot].iov_len = datagram.size();
  buffers_->out.addresses[slot] = to_sockaddr(to);
}

void UdpSocket::flush() {
  const std::size_t queued = std::exchange(buffers_->queued, 0);
  if (!open_) return;
  std::size_t next = 0;
  while (next < queued) {
    const int sent = ::sendmmsg(socket_.native_handle(), &buffers_->out.headers[next],
                                static_cast<unsigned>(queued - next), 0);
    if (sent > 0) {
      counters_.add(UdpEvent::kSent, static_cast<std::uint64_t>(sent));
      next += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      counters_.add(UdpEvent::kSendWouldBlock, queued - next);
      return;
    } else if (errno != EINTR) {
      counters_.add(UdpEvent::kSendError);
      ++next;
    }
  }
}

void UdpSocket::close() {
  open_ = false;
  error_code ignored;  // closing a socket that is closed already is no news
  socket_.close(ignored);
  handlers_.reset();
}

void UdpSocket::wait() {
  socket_.async_wait(asio::ip::udp::socket::wait_read,
                     [self = shared_from_this()](const error_code& failure) {
                       if (!self->open_) return;
                       if (failure) self->counters_.add(UdpEvent::kReceiveError);
                       if (!failure) self->receive_round();
                       if (self->open_) self->wait();
                     });
}

void UdpSocket::receive_round() {
  const auto handlers = handlers_;
  for (std::size_t batch = 0; batch < kBatchesPerRound && open_; ++batch) {
    if (receive_batch(*handlers) < kBatch) break;
  }
  if (open_ && handlers->on_round_end) handlers->on_round_end();
  flush();
}

std::size_t UdpSocket::receive_batch(const Handlers& handlers) {
  auto& in = buffers_->in;
  for (auto& header : in.headers) header.msg_hdr.msg_namelen = sizeof(sockaddr_in);
  const int received = ::recvmmsg(socket_.native_handle(), in.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (received < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) counters_.add(UdpEvent::kReceiveError);
    return 0;
  }
  const auto count = static_cast<std::size_t>(received);
  counters_.add(UdpEvent::kReceived, count);
  for (std::size_t i = 0; i < count && open_; ++i) {
    const auto& header = in.headers[i];
    if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      counters_.add(UdpEvent::kReceiveTruncated);
      continue;
    }
    handlers.on_datagram({in.bytes.data() + i * kMaxDatagramBytes, header.msg_len},
                         to_address(in.addresses[i]));
  }
  return count;
}

}  // namespace earshot::gateway
