// Messages that go out as requests of their own, in the order that the protocol needs: behind a barrier nothing leaves
// before the server has taken it in, or two requests may overtake each other. Pure.
//
// Bounded by the calls of ServerClient.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "worker/mcp_servers/server_client.h"

namespace earshot::worker {

class PostQueue {
 public:
  void push(ServerMessage message) { waiting_.push_back(std::move(message)); }
  void barrier_passed() { closed_ = false; }
  // nullopt: nothing may leave now.
  std::optional<ServerMessage> next() {
    if (closed_ || waiting_.empty()) return std::nullopt;
    ServerMessage message = std::move(waiting_.front());
    waiting_.pop_front();
    closed_ = message.barrier;
    return message;
  }

 private:
  std::deque<ServerMessage> waiting_;
  bool closed_ = false;
};

}  // namespace earshot::worker
