#include "bench/simulator/load/datagram_fleet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/check.h"

namespace earshot::simulator {

namespace {

constexpr int kBufferBytes = 4 * 1024 * 1024;
constexpr std::size_t kStampRoom = CMSG_SPACE(sizeof(timespec));
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t stamp_of(msghdr& header) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(part), sizeof(at));
    return at.tv_sec * kNsPerSecond + at.tv_nsec;
  }
  return wall_ns();
}

int open_socket(const sockaddr_in& server) {
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  EARSHOT_CHECK(descriptor >= 0, "no UDP socket");
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof(kBufferBytes));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof(kBufferBytes));
  const int connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&server), sizeof(server));
  EARSHOT_CHECK(connected == 0, "the UDP address cannot be reached");
  return descriptor;
}

}  // namespace

std::int64_t wall_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

struct DatagramFleet::Batch {
  Batch() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      slices[i] = {bytes.data() + i * kMaxDatagramBytes, kMaxDatagramBytes};
      headers[i].msg_hdr.msg_iov = &slices[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(kBatch * kMaxDatagramBytes);
  std::array<iovec, kBatch> slices{};
  std::array<mmsghdr, kBatch> headers{};
  alignas(cmsghdr) std::array<std::array<std::uint8_t, kStampRoom>, kBatch> stamps{};
  std::size_t queued = 0;
};

DatagramFleet::DatagramFleet(std::size_t sockets, const std::string& host, std::uint16_t port)
    : in_(std::make_unique<Batch>()) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  EARSHOT_CHECK(::inet_pton(AF_INET, host.c_str(), &server.sin_addr) == 1, "not an IPv4 address");
  for (std::size_t i = 0; i < sockets; ++i) {
    descriptors_.push_back(open_socket(server));
    out_.push_back(std::make_unique<Batch>());
  }
}

DatagramFleet::~DatagramFleet() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

std::span<std::uint8_t> DatagramFleet::queue(std::size_t socket, std::size_t bytes) {
  EARSHOT_CHECK(bytes <= kMaxDatagramBytes, "no datagram is that long");
  if (out_[socket]->queued == kBatch) flush(socket);
  Batch& batch = *out_[socket];
  const std::size_t slot = batch.queued++;
  batch.slices[slot].iov_len = bytes;
  return std::span(batch.bytes).subspan(slot * kMaxDatagramBytes, bytes);
}

void DatagramFleet::flush() {
  for (std::size_t socket = 0; socket < out_.size(); ++socket) flush(socket);
}

void DatagramFleet::receive(const Handler& handler) {
  for (std::size_t socket = 0; socket < descriptors_.size(); ++socket) {
    int received = 0;
    do {
      for (std::size_t i = 0; i < kBatch; ++i) {
        in_->headers[i].msg_hdr.msg_control = in_->stamps[i].data();
        in_->headers[i].msg_hdr.msg_controllen = kStampRoom;
      }
      received = ::recvmmsg(descriptors_[socket], in_->headers.data(), kBatch, MSG_DONTWAIT, nullptr);
      for (int n = 0; n < received; ++n) {
        const auto i = static_cast<std::size_t>(n);
        handler(socket, ByteView(in_->bytes).subspan(i * kMaxDatagramBytes, in_->headers[i].msg_len),
                stamp_of(in_->headers[i].msg_hdr));
      }
    } while (received == static_cast<int>(kBatch));
  }
}

void DatagramFleet::flush(std::size_t socket) {
  Batch& batch = *out_[socket];
  std::size_t next = 0;
  while (next < batch.queued) {
    const int sent = ::sendmmsg(descriptors_[socket], &batch.headers[next],
                                static_cast<unsigned>(batch.queued - next), MSG_DONTWAIT);
    if (sent > 0) {
      next += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      send_failures_ += batch.queued - next;
      break;
    }
  }
  batch.queued = 0;
}

}  // namespace earshot::simulator
