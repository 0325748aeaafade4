// Where workers of other machines come in: TLS with proof of both ends, or a token (docs/protocol_ipc.md).
//
// Runs on: the shard's executor, all methods and handlers.
// Owns: the listening socket. Kept alive by its pending operations until close().
// Lifecycle: open() -> start() -> set_keys() whenever they change -> close(). Without keys nobody comes in.
// Bounded: kMaxHandshakes at once, kMaxOfAnAddress of them of one address (a /64 network of IPv6), each for
//   kHandshakeTime; an address may begin kBurst of them, and one more each kRefill. More are closed at once. A log line
//   for each address and reason, again after kSilence.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/rate_limiter.h"
#include "common/base/result.h"
#include "common/ipc/connection.h"
#include "common/ipc/endpoint.h"
#include "common/ipc/listener.h"
#include "gateway/live/workers/link_keys.h"
#include "gateway/live/workers/worker_link.h"

namespace earshot::gateway {

// What a worker with a token says (proto/join.proto), and how it is answered. Any thread may call `answer`, once.
struct JoinAsk {
  std::string request;
  std::string peer;  // its address, for the log
  std::function<void(std::string answer)> answer;
};

class LinkDoor : public std::enable_shared_from_this<LinkDoor> {
 public:
  static constexpr std::size_t kMaxHandshakes = 64;
  static constexpr std::size_t kMaxOfAnAddress = 8;
  // A rack behind one address that starts at once; then four a second.
  static constexpr std::uint32_t kBurst = 20;
  static constexpr Milliseconds kRefill{250};
  static constexpr Milliseconds kHandshakeTime{3000};
  static constexpr Milliseconds kJoinTime{5000};
  static constexpr Milliseconds kSilence{600'000};

  struct Handlers {
    std::function<void(ipc::Connection)> on_link;
    std::function<void(JoinAsk)> on_join;
  };

  // REQUIRES: the endpoint's host is numeric.
  // Errors: kUnavailable.
  static Result<std::shared_ptr<LinkDoor>> open(const Executor& executor, const ipc::Endpoint& endpoint,
                                                WorkerCounters& counters);

  void start(Handlers handlers);
  void set_keys(LinkKeysPtr keys) { keys_ = std::move(keys); }
  void close();

  const ipc::Endpoint& endpoint() const { return listener_->endpoint(); }

 private:
  LinkDoor(const Executor& executor, std::shared_ptr<ipc::Listener> listener, WorkerCounters& counters);
  void accept(ipc::Connection::Socket socket);
  bool may_enter(const std::string& peer);
  void enter(const std::string& peer);
  void leave(const std::string& peer);
  // `authority`: of the keys that it shook hands by.
  void came(Result<ipc::Connection> connection, const std::string& peer, const std::string& authority);
  void join(ipc::Connection connection, const std::string& peer);
  void refused(const std::string& peer, const std::string& why);

  Executor executor_;
  std::shared_ptr<ipc::Listener> listener_;
  WorkerCounters& counters_;
  Handlers handlers_;
  LinkKeysPtr keys_;
  std::size_t handshakes_ = 0;                        // joins among them
  std::map<std::string, std::size_t> handshakes_of_;  // by address
  RateLimiter rate_;                                  // by address
  RateLimiter lines_;
};

}  // namespace earshot::gateway
