// A client's connection: TCP, with TLS over it where that is asked for.
//
// Runs on: the io_context given.
// Owns: the socket.
// Lifecycle: made -> open() -> reads and writes, one of each at a time -> close(). It outlives its operations:
// their handlers keep its owner alive, or the io_context stops first.
#pragma once

#include <boost/beast/core/role.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/byte_stream.h"
#include "common/http/proxy_settings.h"

namespace earshot::http {

enum class Tls { kNone, kVerified, kUnverified };

class ClientStream : public ByteStream {
 public:
  enum class Step { kResolve, kConnect, kProxy, kTls };
  // No failure, or what has failed and in which step.
  using OpenHandler = std::function<void(const error_code& failure, Step step)>;

  ClientStream(asio::io_context& io, Tls tls);
  ~ClientStream() override;

  // Finds the host, connects, and speaks TLS to it. Has no deadline: close() ends it.
  // With `proxy` through a tunnel of it (RFC 9110 9.3.6); the host's name is found by the proxy then. What it
  // answers is taken up to 8 kB; another status than 2xx is connection_refused.
  void open(const std::string& host, const std::string& port, OpenHandler done,
            std::optional<Proxy> proxy = std::nullopt);
  // What goes on ends with an error. May be called again.
  void close();

  Executor get_executor() override;

  // Says that nothing more will be sent, and waits for the same of the peer.
  template <class Handler>
  void async_tear_down(Handler&& handler) {
    tear_down(IoHandler([then = std::forward<Handler>(handler)](
                            const error_code& failure, std::size_t) mutable { std::move(then)(failure); }));
  }

 private:
  struct Socket;

  void read_some(asio::mutable_buffer into, IoHandler handler) override;
  void write_some(const Gathered& from, IoHandler handler) override;
  void tear_down(IoHandler handler);
  void connect(const std::vector<asio::ip::tcp::endpoint>& found, OpenHandler done);
  void tunnel(OpenHandler done);
  void read_tunnel_answer(OpenHandler done);
  void secure(OpenHandler done);
  void read_to_the_end(IoHandler handler);

  std::unique_ptr<Socket> socket_;
};

// Found by Beast's WebSocket.
template <class Handler>
void async_teardown(boost::beast::role_type, ClientStream& stream, Handler&& handler) {
  stream.async_tear_down(std::forward<Handler>(handler));
}
inline void beast_close_socket(ClientStream& stream) {
  stream.close();
}

}  // namespace earshot::http
