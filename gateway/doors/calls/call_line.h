// A client of a call's door on its WebSocket: its events reach its call, what the call tells leaves here.
//
// Runs on: the shard's thread, but make() on the HTTP server's.
// Owns: the socket and the call.
// Borrows: the host, which keeps it, and outlives it.
// Lifecycle: made with the upgrade -> attached (the shard has it) -> closed; kLongest at most.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/websocket_server.h"
#include "gateway/doors/calls/client_call.h"

namespace earshot::gateway {

// A connection that was let in, on its way to a shard.
struct CallOpening {
  using Make = std::function<std::unique_ptr<ClientCall>(CallPort&, CallHost&, SteadyTime now)>;

  http::WebSocketLimits limits;
  std::string_view subprotocol;  // to be told to the client; a literal
  Make make;
  // Called once, when the connection is over: on the shard's thread, or on whichever the line is destroyed.
  std::function<void()> on_gone;
};

class CallLine final : public Caller, private CallPort, public std::enable_shared_from_this<CallLine> {
  struct Passkey {};

 public:
  static constexpr Milliseconds kLongest{60 * 60 * 1000};  // as OpenAI's GA service allows

  // Answers the upgrade.
  static void make(http::PendingUpgrade upgrade, CallOpening opening, const Executor& shard, CallHost& host);
  CallLine(Passkey, CallOpening opening, const Executor& shard, CallHost& host);
  ~CallLine() override;

  void hang_up(std::string_view reason) override;

 private:
  static constexpr std::uint16_t kGoingAway = 1001;
  static constexpr std::uint16_t kUnsupportedData = 1003;
  static constexpr std::size_t kMaxEarly = 16;
  static constexpr std::size_t kMaxEarlyBytes = 64 * 1024;

  void send_text(std::string_view json) override;
  void attach(std::shared_ptr<http::ServerWebSocket> socket);
  void on_text(std::string_view text);
  void on_too_big();
  void on_closed(std::uint16_t code, std::string_view why);

  CallOpening opening_;
  CallHost& host_;
  asio::steady_timer life_timer_;
  std::shared_ptr<http::ServerWebSocket> socket_;
  std::vector<std::string> early_;  // what came before attach()
  std::size_t early_bytes_ = 0;
  std::unique_ptr<ClientCall> call_;
  bool closed_ = false;
};

}  // namespace earshot::gateway
