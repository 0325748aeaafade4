// What a connection of the server gives away when a client asks for a WebSocket.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "common/http/http_message.h"
#include "common/http/server_stream.h"
#include "common/http/websocket_places.h"
#include "common/http/websocket_server.h"

namespace earshot::http {

// A connection that waits for the decision. Each decision has a number: a late one must not answer the next
// request.
class UpgradeHost {
 public:
  virtual ~UpgradeHost() = default;
  virtual void refuse_upgrade(Response response, std::uint64_t number) = 0;
  // The stream, on `executor`.
  // RETURNS: null when the client is gone.
  virtual std::unique_ptr<ServerStream> give_away(const Executor& executor, std::uint64_t number) = 0;
};

// Runs on: `home`, the server's executor.
class PendingUpgrade::Source {
 public:
  Source(Executor home, std::weak_ptr<UpgradeHost> host, std::uint64_t number, Request request,
         WebSocketPlaces::Place place)
      : home_(std::move(home)),
        host_(std::move(host)),
        number_(number),
        request_(std::move(request)),
        place_(std::move(place)) {}

  const Executor& home() const { return home_; }
  const Request& request() const { return request_; }
  void refuse(Response response) {
    if (const auto host = host_.lock()) host->refuse_upgrade(std::move(response), number_);
  }
  std::unique_ptr<ServerStream> take_stream(const Executor& executor) {
    const auto host = host_.lock();
    return host ? host->give_away(executor, number_) : nullptr;
  }
  WebSocketPlaces::Place take_place() { return std::move(place_); }

 private:
  Executor home_;
  std::weak_ptr<UpgradeHost> host_;
  std::uint64_t number_;
  Request request_;
  WebSocketPlaces::Place place_;
};

}  // namespace earshot::http
