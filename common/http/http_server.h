// A small HTTP/1.1 server for bootstrap and operators. The only door to Beast's server side.
//
// Runs on: the io_context given, all handlers too.
// Owns: the listening socket and its connections. Borrows: the handler's captures, until stop().
// Limits: a slow or idle peer is closed at the deadline, so that it cannot hold a place for long.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/http/http_router.h"

namespace earshot::http {

struct ServerLimits {
  std::uint32_t header_bytes = 8 * 1024;
  std::uint64_t body_bytes = 64 * 1024;       // a device's OTA body is about 2 kB (device-protocol 1.1)
  std::size_t connections = 1024;             // beyond it a new one is closed at once
  std::chrono::seconds request_deadline{10};  // to read one whole request, and to write its answer
};

struct ServerStats {
  std::uint64_t requests = 0;
  std::uint64_t refused_connections = 0;  // over the limit
  std::uint64_t malformed = 0;            // not HTTP, too large, or too slow
};

class Server {
 public:
  // Throws StartupError naming address, port and `config_key` when the port cannot be bound. Port 0 picks
  // one.
  Server(asio::io_context& io, const std::string& address, std::uint16_t port, const std::string& config_key,
         Handler handler, ServerLimits limits = {});
  ~Server();

  std::uint16_t port() const;
  const ServerStats& stats() const;
  void stop();  // closes the listener and all connections

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace earshot::http
