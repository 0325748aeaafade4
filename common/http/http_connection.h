// One client's connection to a Server: reads a request, runs its route, writes the answer, again and again.
//
// Runs on: the server's io_context.
// Owns: one socket.
// Borrows: the router, until close().
// Lifecycle: head -> body -> handler -> answer -> head ... -> closed, or left as a WebSocket. Kept alive by its pending operations,
// and by itself while a handler owes an answer. It may outlive the Server by one pending operation.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/asio/asio.h"
#include "common/http/http_server.h"
#include "common/http/server_stream.h"
#include "common/http/unwanted_upgrades.h"
#include "common/http/websocket_places.h"

namespace earshot::http {

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void close() = 0;
};

// What a server and its connections share.
struct ServerShared {
  ServerShared(const Router& routes, ServerLimits all_limits, ServerSecurity with)
      : router(&routes),
        limits(std::move(all_limits)),
        security(std::move(with)),
        websockets(limits.websockets, limits.websockets_per_peer) {}

  const Router* router;
  ServerLimits limits;
  ServerSecurity security;
  ServerStats stats;
  std::set<Connection*> connections;
  std::map<std::string, std::size_t> by_peer;  // by limit_key(); only of those counted
  std::unique_ptr<asio::thread_pool> files;    // one thread; made at the first file
  WebSocketPlaces websockets;                  // asked for or open
  UnwantedUpgrades unwanted_upgrades;
};

// An IPv4 address behind ::ffff: is written as what it is.
std::string address_text(const asio::ip::address& address);

void serve_connection(std::unique_ptr<ServerStream> stream, std::shared_ptr<ServerShared> shared);

}  // namespace earshot::http
