// The UDP socket of one hello: a new source port each time. Not connect()ed, so that a datagram from a wrong
// address is seen and not filtered; the firmware's own socket would drop it.
// Runs on: the io_context's thread.
// Owns: the socket. No handler runs after it has died.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::simulator {

class UdpDriver {
 public:
  // `arrival` is the kernel's: a busy simulator does not blame the server.
  using Handler = std::function<void(ByteView datagram, bool from_server, SteadyTime arrival)>;

  // IPv4 only, as on the device. Blocks for the look-up of a host name.
  // Errors: kUnavailable.
  static Result<std::unique_ptr<UdpDriver>> open(asio::io_context& io, const std::string& host,
                                                 std::uint16_t port, Handler handler);
  ~UdpDriver();

  void send(ByteView datagram);  // a datagram that cannot be sent is lost, as on any network

 private:
  struct Socket;
  explicit UdpDriver(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  std::shared_ptr<Socket> socket_;
};

}  // namespace earshot::simulator
