#include "common/ipc/secure.h"

#include <array>
#include <string>
#include <utility>

namespace earshot::ipc {

namespace {

class Handshake : public std::enable_shared_from_this<Handshake> {
 public:
  using Done = std::function<void(Result<Connection>)>;

  Handshake(Connection::Socket socket, std::unique_ptr<tls::TlsSession> session, Done done)
      : connection_(std::move(socket)), timer_(connection_.socket.get_executor()), done_(std::move(done)) {
    connection_.tls = std::move(session);
  }

  void start(Milliseconds timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([self = shared_from_this()](error_code stopped) {
      if (!stopped) self->finish(Error{ErrorCode::kTimeout, "the TLS handshake was not finished in time"});
    });
    asio::post(connection_.socket.get_executor(), [self = shared_from_this()] { self->step(); });
  }

 private:
  // What is to be said goes out before anything is waited for, the reason of a failure too.
  void step() {
    if (!done_) return;
    const auto result = connection_.tls->handshake();
    connection_.tls->take_output(sending_);
    if (sending_.empty()) return after(result);
    asio::async_write(connection_.socket, asio::buffer(sending_),
                      [self = shared_from_this(), result](error_code failure, std::size_t) {
                        if (failure && result == tls::TlsSession::Step::kNeedsInput)
                          return self->hung_up(failure);
                        self->after(result);
                      });
  }

  void after(tls::TlsSession::Step result) {
    using Step = tls::TlsSession::Step;
    if (!done_) return;
    if (result == Step::kDone) return finish(std::move(connection_));
    if (result == Step::kFailed) return finish(Error{ErrorCode::kInvalid, connection_.tls->why()});
    if (result == Step::kClosed) return hung_up(asio::error::eof);
    connection_.socket.async_read_some(asio::buffer(encrypted_),
                                       [self = shared_from_this()](error_code failure, std::size_t bytes) {
                                         if (failure) return self->hung_up(failure);
                                         self->connection_.tls->feed(ByteView(self->encrypted_).first(bytes));
                                         self->step();
                                       });
  }

  void hung_up(error_code failure) {
    finish(Error{ErrorCode::kUnavailable,
                 failure == asio::error::eof ? "it hung up in the TLS handshake" : failure.message()});
  }

  void finish(Result<Connection> result) {
    if (!done_) return;
    timer_.cancel();
    if (!result) {
      error_code ignored;  // the descriptor is released either way
      connection_.socket.shutdown(Connection::Socket::shutdown_both, ignored);
      connection_.socket.close(ignored);
    }
    std::exchange(done_, {})(std::move(result));
  }

  Connection connection_;
  asio::steady_timer timer_;
  Done done_;  // empty once called
  std::array<std::uint8_t, 8192> encrypted_{};
  std::string sending_;
};

}  // namespace

void async_secure(Connection::Socket socket, std::unique_ptr<tls::TlsSession> session, Milliseconds timeout,
                  std::function<void(Result<Connection>)> done) {
  std::make_shared<Handshake>(std::move(socket), std::move(session), std::move(done))->start(timeout);
}

}  // namespace earshot::ipc
