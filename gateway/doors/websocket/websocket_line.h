// A device on its WebSocket: what it says reaches its shard, what its session tells leaves here.
//
// Runs on: the shard's thread, but make() on the HTTP server's.
// Owns: the socket.
// Borrows: the host, which keeps it, and outlives it.
// Lifecycle: made with the upgrade -> attached (the shard has it) -> closed. A session begins with its hello, which
// must come within kHelloPatience; the connection ends with it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/websocket_server.h"
#include "gateway/doors/websocket/line_budget.h"
#include "gateway/doors/websocket/websocket_identity.h"
#include "gateway/doors/websocket/websocket_leg.h"
#include "gateway/live/device/line_host.h"

namespace earshot::gateway {

class WebSocketLine final : public LineWire,
                            private WebSocketPort,
                            public std::enable_shared_from_this<WebSocketLine> {
  struct Passkey {};

 public:
  static constexpr Milliseconds kHelloPatience{10'000};  // as long as the device waits for the answer (3.3)

  // Answers the upgrade. `on_gone` is called once, when the connection is over: on the shard's thread,
  // or on whichever the line is destroyed.
  static void make(http::PendingUpgrade upgrade, WebSocketClient client, const Executor& shard,
                   LineHost& host, std::function<void()> on_gone);
  WebSocketLine(Passkey, WebSocketClient client, const Executor& shard, LineHost& host,
                std::function<void()> on_gone);
  ~WebSocketLine() override;

  const auth::ClientId& client() const override { return client_.client; }
  Status send(std::string_view json) override;
  void hang_up(std::string_view reason) override { part(kGoingAway, reason); }
  std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                      SteadyTime now) override;
  void carries(Session& session) override { session_ = &session; }

 private:
  static constexpr std::uint16_t kGoingAway = 1001;
  static constexpr std::uint16_t kPolicy = 1008;
  static constexpr std::size_t kMaxEarly = 8;

  void send_text(std::string_view json) override;
  bool send_binary(ByteView head, ByteView payload) override;
  void part(std::uint16_t code, std::string_view reason) override;
  void leg_gone() override;

  void attach(std::shared_ptr<http::ServerWebSocket> socket);
  void on_text(std::string_view text);
  void on_binary(ByteView bytes);
  void on_message(std::string_view text, SteadyTime now);
  void on_closed(std::uint16_t code, std::string_view why);

  WebSocketClient client_;
  LineHost& host_;
  std::function<void()> on_gone_;
  asio::steady_timer hello_timer_;
  std::shared_ptr<http::ServerWebSocket> socket_;
  std::vector<std::variant<std::string, Bytes>> early_;  // what came before attach()
  LineBudget budget_{std::chrono::steady_clock::now()};
  Session* session_ = nullptr;
  std::uint32_t sequence_ = 0;  // of the frames that came
  bool says_hello_ = false;     // a hello of this line is being handled: its session before may go
  bool closed_ = false;
};

}  // namespace earshot::gateway
