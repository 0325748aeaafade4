// A client's connection: TCP, with TLS over it where that is asked for. One type for both, whose operations
// take handlers of any type and keep them behind one: what Beast builds on it is compiled once a user, not once
// for each kind of connection and handler, which took a minute of compilation each.
//
// Runs on: the io_context given.
// Owns: the socket.
// Lifecycle: made -> open() -> reads and writes, one of each at a time -> close(). It outlives its operations:
// their handlers keep its owner alive, or the io_context stops first.
// Is: what Beast calls an AsyncStream.
#pragma once

#include <boost/beast/core/role.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/proxy_settings.h"

namespace earshot::http {

enum class Tls { kNone, kVerified, kUnverified };

// A handler of (error_code, bytes), called once.
class IoHandler {
 public:
  template <class Handler>
    requires(!std::is_same_v<Handler, IoHandler>)
  explicit IoHandler(Handler handler) : held_(std::make_unique<Holder<Handler>>(std::move(handler))) {}

  void operator()(const error_code& failure, std::size_t bytes) {
    const auto last = std::move(held_);
    last->call(failure, bytes);
  }

 private:
  struct Held {
    virtual ~Held() = default;
    virtual void call(const error_code& failure, std::size_t bytes) = 0;
  };
  template <class Handler>
  struct Holder final : Held {
    explicit Holder(Handler&& given) : handler(std::move(given)) {}
    void call(const error_code& failure, std::size_t bytes) override { std::move(handler)(failure, bytes); }
    Handler handler;
  };

  std::unique_ptr<Held> held_;
};

class ClientStream {
 public:
  using executor_type = Executor;
  enum class Step { kResolve, kConnect, kProxy, kTls };
  // No failure, or what has failed and in which step.
  using OpenHandler = std::function<void(const error_code& failure, Step step)>;

  ClientStream(asio::io_context& io, Tls tls);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Finds the host, connects, and speaks TLS to it. Has no deadline: close() ends it.
  // With `proxy` through a tunnel of it (RFC 9110 9.3.6); the host's name is found by the proxy then. What it
  // answers is taken up to 8 kB; another status than 2xx is connection_refused.
  void open(const std::string& host, const std::string& port, OpenHandler done,
            std::optional<Proxy> proxy = std::nullopt);
  // What goes on ends with an error. May be called again.
  void close();

  Executor get_executor();

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& then, const Buffers& into) {
          read_some(first_of(into), IoHandler(std::forward<decltype(then)>(then)));
        },
        handler, buffers);
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& then, const Buffers& from) {
          Gathered few{};
          std::size_t count = 0;
          for (auto at = asio::buffer_sequence_begin(from);
               at != asio::buffer_sequence_end(from) && count < few.size(); ++at)
            few[count++] = *at;
          write_some(few, IoHandler(std::forward<decltype(then)>(then)));
        },
        handler, buffers);
  }
  // Says that nothing more will be sent, and waits for the same of the peer.
  template <class Handler>
  void async_tear_down(Handler&& handler) {
    tear_down(IoHandler([then = std::forward<Handler>(handler)](
                            const error_code& failure, std::size_t) mutable { std::move(then)(failure); }));
  }

 private:
  // Of a longer sequence the first ones: a call writes some, its user the rest.
  using Gathered = std::array<asio::const_buffer, 8>;
  struct Socket;

  template <class Buffers>
  static asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
      const asio::mutable_buffer one(*at);
      if (one.size() > 0) return one;
    }
    return {};
  }
  void read_some(asio::mutable_buffer into, IoHandler handler);
  void write_some(const Gathered& from, IoHandler handler);
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
