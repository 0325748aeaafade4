#include "common/ipc/connect.h"

#include <memory>
#include <utility>

#include "common/ipc/secure.h"

namespace earshot::ipc {

namespace {

struct Attempt {
  Attempt(Executor executor, std::function<void(Result<Channel::Socket>)> on_done)
      : socket(executor), timer(executor), done(std::move(on_done)) {}

  Channel::Socket socket;
  asio::steady_timer timer;
  std::function<void(Result<Channel::Socket>)> done;  // empty once called

  void finish(Result<Channel::Socket> result) {
    if (!done) return;
    timer.cancel();
    std::exchange(done, {})(std::move(result));
  }
};

}  // namespace

asio::generic::stream_protocol::endpoint socket_address(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::kUnix) return asio::local::stream_protocol::endpoint(endpoint.path);
  return asio::ip::tcp::endpoint(asio::ip::make_address(endpoint.host), endpoint.port);
}

void async_connect(Executor executor, const Endpoint& endpoint, Milliseconds timeout,
                   std::function<void(Result<Channel::Socket>)> done) {
  auto attempt = std::make_shared<Attempt>(executor, std::move(done));
  attempt->timer.expires_after(timeout);
  attempt->timer.async_wait([attempt, name = endpoint.text()](error_code stopped) {
    if (stopped) return;
    error_code ignored;  // the descriptor is released either way
    attempt->socket.close(ignored);
    attempt->finish(Error{ErrorCode::kTimeout, name + ": no answer"});
  });
  attempt->socket.async_connect(socket_address(endpoint), [attempt, endpoint](error_code failure) {
    if (failure) {
      return attempt->finish(Error{ErrorCode::kUnavailable, endpoint.text() + ": " + failure.message()});
    }
    if (endpoint.kind != Endpoint::Kind::kUnix) {
      error_code ignored;  // without it the link is slower, not wrong
      attempt->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    attempt->finish(std::move(attempt->socket));
  });
}

void async_dial(Executor executor, const Endpoint& endpoint, const std::string& name,
                const std::optional<tls::TlsContext>& worker, Milliseconds timeout,
                std::function<void(Result<Connection>)> done) {
  const bool secured = endpoint.kind == Endpoint::Kind::kTls;
  if (secured && !worker) {
    asio::post(executor, [done = std::move(done)] {
      done(Error{ErrorCode::kInvalid,
                 "this worker has no certificate: join with a token of earshotctl workers "
                 "join-token"});
    });
    return;
  }
  if (secured && !endpoint.is_numeric()) {
    asio::post(executor, [text = endpoint.text(), done = std::move(done)] {
      done(Error{ErrorCode::kInvalid, text + ": a numeric address is needed here"});
    });
    return;
  }
  std::unique_ptr<tls::TlsSession> session;
  if (secured) session = std::make_unique<tls::TlsSession>(*worker, name);
  // Shared: a std::function can be copied.
  const auto waiting = std::make_shared<std::unique_ptr<tls::TlsSession>>(std::move(session));
  async_connect(executor, endpoint, timeout,
                [waiting, timeout, done = std::move(done)](Result<Channel::Socket> socket) {
                  if (!socket) return done(socket.error());
                  if (!*waiting) return done(Connection(std::move(socket).value()));
                  async_secure(std::move(socket).value(), std::move(*waiting), timeout, done);
                });
}

}  // namespace earshot::ipc
