// The UDP socket of one shard: receives in batches, sends in batches (measurements 1). Driver, no decisions.
//
// Runs on: the given executor's thread, all methods and the handler.
// Owns: the socket and its buffers. Kept alive by its pending wait; close() ends it and drops the handler.
// Lifecycle: made (bound) -> start() -> close().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/counters.h"
#include "gateway/doors/mqtt_udp/udp_address.h"

namespace earshot::gateway {

enum class UdpEvent {
  kReceived,
  kReceiveTruncated,  // longer than any audio datagram: not handed on
  kReceiveError,
  kSent,
  kSendTooLarge,
  kSendWouldBlock,  // the kernel's buffer is full: the rest of the round is dropped, audio is no use late
  kSendError,       // refused for this destination (unreachable, ...)
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(UdpEvent::kCount)> kUdpEventNames{
    "udp_received",       "udp_receive_truncated", "udp_receive_error", "udp_sent",
    "udp_send_too_large", "udp_send_would_block",  "udp_send_error"};
using UdpCounters = Counters<UdpEvent, kUdpEventNames>;

class UdpSocket : public std::enable_shared_from_this<UdpSocket> {
  struct Passkey {};

 public:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kMaxDatagramBytes = 1500;  // one Ethernet frame; the device's own limit (4.3)
  static constexpr int kBufferBytes = 4 * 1024 * 1024;    // 600 ms of 1,000 devices (measurements 1)

  // Called for each datagram of a round, then `on_round_end` once. The bytes live during the call only.
  struct Handlers {
    std::function<void(ByteView datagram, UdpAddress from)> on_datagram;
    std::function<void()> on_round_end;  // may be empty; queued answers are flushed after it
  };

  // Binds at once; port 0 takes a free one.
  // Throws StartupError (ExitCode::kBind) naming the address and `udp.port`.
  static std::shared_ptr<UdpSocket> bind(Executor executor, const std::string& address, std::uint16_t port);
  UdpSocket(Passkey, Executor executor, const std::string& address, std::uint16_t port);
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  void start(Handlers handlers);
  // Copies the datagram; it leaves with the next flush(), or when a batch is full.
  void queue(UdpAddress to, ByteView datagram);
  void flush();
  void close();

  std::uint16_t port() const { return port_; }
  const UdpCounters& counters() const { return counters_; }

 private:
  struct Buffers;

  void wait();
  void receive_round();
  // RETURNS: the number of datagrams that the kernel gave.
  std::size_t receive_batch(const Handlers& handlers);

  asio::ip::udp::socket socket_;
  std::uint16_t port_ = 0;
  bool open_ = true;
  std::shared_ptr<const Handlers> handlers_;  // a round keeps them while it calls them
  UdpCounters counters_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace earshot::gateway
