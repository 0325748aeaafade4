#include "common/http/http_server.h"

#include <algorithm>

#include "common/base/startup_error.h"
#include "common/http/http_connection.h"

namespace earshot::http {

using asio::ip::tcp;

std::string address_text(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& io, const Router& router, ServerLimits limits, ServerSecurity security)
      : acceptor(io),
        pause(io),
        shared(std::make_shared<ServerShared>(router, std::move(limits), std::move(security))) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (failure) return self->accept_later();  // out of file descriptors: wait for some to be closed
      if (self->is_full(socket)) {
        ++self->shared->stats.refused_connections;
        error_code ignored;  // the socket is dropped in any case
        socket.close(ignored);
      } else {
        serve_connection(std::make_unique<ServerStream>(std::move(socket)), self->shared);
      }
      self->accept();
    });
  }
  void accept_later() {
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && self->acceptor.is_open()) self->accept();
    });
  }
  bool is_full(const tcp::socket& socket) const {
    if (shared->connections.size() >= shared->limits.connections) return true;
    error_code failure;
    const auto peer = socket.remote_endpoint(failure);
    if (failure) return true;  // it is gone already
    const auto found = shared->by_peer.find(limit_key(address_text(peer.address())));
    return found != shared->by_peer.end() && found->second >= shared->limits.connections_per_peer;
  }

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<ServerShared> shared;
};

Server::Server(asio::io_context& io, const std::string& address, std::uint16_t port,
               const std::string& config_key, const Router& router, ServerLimits limits,
               ServerSecurity security)
    : state_(std::make_shared<State>(io, router, std::move(limits), std::move(security))) {
  const auto where =
      "http: cannot listen on " + address + ":" + std::to_string(port) + " (config key " + config_key + "): ";
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address), port);
    state_->acceptor.open(endpoint.protocol());
    state_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    state_->acceptor.bind(endpoint);
    state_->acceptor.listen();
  } catch (const boost::system::system_error& failure) {
    throw StartupError(ExitCode::kBind, where + failure.code().message());
  }
  state_->accept();
}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return state_->acceptor.local_endpoint().port();
}

const ServerStats& Server::stats() const {
  return state_->shared->stats;
}

std::size_t Server::websockets() const {
  return state_->shared->websockets.taken();
}

void Server::stop() {
  error_code ignored;  // a listener that is closed already is what we want
  state_->acceptor.close(ignored);
  state_->pause.cancel();
  const auto open = state_->shared->connections;  // close() may destroy a connection
  for (Connection* connection : open) {
    if (state_->shared->connections.contains(connection)) connection->close();
  }
  state_->shared->files.reset();  // waits for the piece that is being read
}

}  // namespace earshot::http
