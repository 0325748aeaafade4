#include "gateway/live/workers/link_door.h"

#include <cstring>
#include <utility>

#include "common/http/client_address.h"
#include "common/ipc/join_exchange.h"
#include "common/ipc/secure.h"
#include "common/tls/link_contexts.h"
#include "gateway/live/workers/workers_logger.h"

namespace earshot::gateway {

namespace {

std::string address_of(const ipc::Connection::Socket& socket) {
  error_code failure;
  const auto remote = socket.remote_endpoint(failure);
  asio::ip::tcp::endpoint address;
  if (failure || remote.size() > address.capacity()) return "?";
  std::memcpy(address.data(), remote.data(), remote.size());
  address.resize(remote.size());
  return address.address().to_string();
}

}  // namespace

Result<std::shared_ptr<LinkDoor>> LinkDoor::open(const Executor& executor, const ipc::Endpoint& endpoint,
                                                 WorkerCounters& counters) {
  auto listener = ipc::Listener::open(executor, endpoint);
  if (!listener) return listener.error();
  return std::shared_ptr<LinkDoor>(new LinkDoor(executor, std::move(listener).value(), counters));
}

LinkDoor::LinkDoor(const Executor& executor, std::shared_ptr<ipc::Listener> listener,
                   WorkerCounters& counters)
    : executor_(executor),
      listener_(std::move(listener)),
      counters_(counters),
      rate_({.burst = kBurst, .refill = kRefill}),
      lines_({.burst = 1, .refill = kSilence}) {}

void LinkDoor::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  listener_->start([weak = weak_from_this()](ipc::Connection::Socket socket) {
    if (const auto self = weak.lock()) self->accept(std::move(socket));
  });
}

void LinkDoor::close() {
  handlers_ = {};
  listener_->close();
}

// Whoever reaches the port can open connections and say nothing: their number and time are bounded.
void LinkDoor::accept(ipc::Connection::Socket socket) {
  const std::string peer = address_of(socket);
  if (!keys_ || !may_enter(peer)) return counters_.add(WorkerEvent::kTooManyHandshakes);
  enter(peer);
  error_code ignored;  // without it the link is slower, not wrong
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  ipc::async_secure(
      std::move(socket), std::make_unique<tls::TlsSession>(keys_->context), kHandshakeTime,
      [self = shared_from_this(), peer, authority = keys_->authority](Result<ipc::Connection> connection) {
        self->leave(peer);
        self->came(std::move(connection), peer, authority);
      });
}

// One address must not keep the door shut for all others.
bool LinkDoor::may_enter(const std::string& peer) {
  if (handshakes_ >= kMaxHandshakes) return false;
  const std::string key = http::limit_key(peer);
  const auto own = handshakes_of_.find(key);
  if (own != handshakes_of_.end() && own->second >= kMaxOfAnAddress) return false;
  return rate_.take(key, std::chrono::steady_clock::now());
}

void LinkDoor::enter(const std::string& peer) {
  ++handshakes_;
  ++handshakes_of_[http::limit_key(peer)];
}

void LinkDoor::leave(const std::string& peer) {
  --handshakes_;
  const auto own = handshakes_of_.find(http::limit_key(peer));
  if (--own->second == 0) handshakes_of_.erase(own);
}

void LinkDoor::came(Result<ipc::Connection> connection, const std::string& peer,
                    const std::string& authority) {
  if (!handlers_.on_link) return;
  if (!connection) return refused(peer, connection.error().message);
  if (connection->tls->protocol() == tls::kJoinProtocol) return join(std::move(connection).value(), peer);
  // Who shows none is refused in the handshake; this must not rest on one setting of a library.
  if (connection->peer_name().empty()) return refused(peer, "it showed no certificate with a name");
  // It may have been revoked while it shook hands, by itself or with all others.
  if (keys_->authority != authority) return refused(peer, "its authority is not ours any more");
  if (keys_->revoked.contains(connection->peer_serial())) return refused(peer, "its certificate is revoked");
  handlers_.on_link(std::move(connection).value());
}

void LinkDoor::join(ipc::Connection connection, const std::string& peer) {
  enter(peer);
  // Whoever answers may be on another thread; the exchange and the count are given up on this one.
  using Exchange = std::shared_ptr<ipc::JoinExchange>;
  const std::shared_ptr<Exchange> place(
      new Exchange(ipc::JoinExchange::create(std::move(connection), kJoinTime)),
      [self = shared_from_this(), peer](Exchange* held) {
        asio::post(self->executor_,
                   [self, peer, owned = std::unique_ptr<Exchange>(held)] { self->leave(peer); });
      });
  (*place)->receive([self = shared_from_this(), place, peer](Result<std::string> request) {
    if (!request) return self->refused(peer, request.error().message);
    if (!self->handlers_.on_join) return;
    self->handlers_.on_join({.request = std::move(request).value(),
                             .peer = peer,
                             .answer = [executor = self->executor_, place](std::string answer) {
                               asio::post(executor, [place, answer = std::move(answer)] {
                                 (*place)->send(answer, [place](const Status&) { (*place)->close(); });
                               });
                             }});
  });
}

void LinkDoor::refused(const std::string& peer, const std::string& why) {
  counters_.add(WorkerEvent::kTlsFailed);
  if (!lines_.take(peer + " " + why, std::chrono::steady_clock::now())) return;
  workers_logger().warn("a worker is refused address={} why=\"{}\"", peer, why);
}

}  // namespace earshot::gateway
