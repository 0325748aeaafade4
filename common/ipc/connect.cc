#include "common/ipc/connect.h"

#include <memory>
#include <utility>

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
    if (endpoint.kind == Endpoint::Kind::kTcp) {
      error_code ignored;  // without it the link is slower, not wrong
      attempt->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    attempt->finish(std::move(attempt->socket));
  });
}

}  // namespace earshot::ipc
