// A small HTTP/1.1 server for bootstrap and operators, with TLS where it is given a certificate, and with
// WebSockets (websocket_server.h).
// With http_connection.cc the only door to Beast's server side.
//
// Runs on: the io_context given, all handlers too; one thread runs it. Files are read on a thread of the
// server's own, made when the first file is sent.
// Owns: the listening socket and its connections.
// Borrows: the router, until stop().
// Limits: a slow or idle peer is closed at the deadline (and told 408 when it had begun a request), so that
// it cannot hold a place for long; one address cannot take all places.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/http/client_address.h"
#include "common/http/http_router.h"
#include "common/http/server_tls.h"

namespace earshot::http {

struct ServerLimits {
  std::uint32_t header_bytes = 8 * 1024;
  std::size_t connections = 1024;  // beyond it a new one is closed at once
  // Of one address; loopback and trusted proxies are not counted: they speak for many.
  std::size_t connections_per_peer = 64;
  bool count_loopback = false;  // for tests
  // Asked for or open; more are told 503. Of one address: of the client's behind a trusted proxy, and again
  // loopback is not counted. An office of devices may share one.
  std::size_t websockets = 10'000;
  std::size_t websockets_per_peer = 256;
  // For one request's head, and for each piece of an answer. A body has so long, and 1 s more for each
  // kSlowestBytesPerSecond of it.
  Milliseconds request_deadline{10'000};
  Milliseconds heartbeat{15'000};       // a comment on a silent event stream
  TrustedProxies trusted_proxies = {};  // their X-Forwarded-For and -Proto are believed
};

inline constexpr std::uint64_t kSlowestBytesPerSecond = 32 * 1024;

struct ServerSecurity {
  std::shared_ptr<ServerTls> tls = nullptr;  // null: plain HTTP
  // Whether this host (loopback, or by an address of its own) may speak plainly on the same port.
  bool plain_from_this_host = false;
};

struct ServerStats {
  std::uint64_t requests = 0;
  std::uint64_t refused_connections = 0;  // over a limit
  std::uint64_t malformed = 0;            // not HTTP, or too large
  std::uint64_t timeouts = 0;             // too slow in asking, or in taking the answer
  std::uint64_t tls_failures = 0;         // no TLS was agreed on, or not in time
  std::uint64_t slow_streams = 0;         // event streams closed because the client did not read
  std::uint64_t event_streams = 0;        // open now
  std::uint64_t websockets = 0;           // accepted so far
  std::uint64_t unwanted_upgrades = 0;    // asked for where none is offered
};

class Server {
 public:
  // Throws StartupError naming address, port and `config_key` when the port cannot be bound.
  // Port 0 picks one.
  Server(asio::io_context& io, const std::string& address, std::uint16_t port, const std::string& config_key,
         const Router& router, ServerLimits limits = {}, ServerSecurity security = {});
  ~Server();

  std::uint16_t port() const;
  const ServerStats& stats() const;
  std::size_t websockets() const;  // asked for or open now
  // Closes the listener and all connections; WebSockets that were accepted belong to others.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace earshot::http
