// One WebSocket of a client: reads its frames, writes ours, pings, and ends it when it is broken, silent or slow.
//
// Runs on: the executor given; made on the server's, before start().
// Owns: the connection and its place among the server's WebSockets.
// Lifecycle: made -> start() -> open -> closing -> closed. Kept alive by its pending operations.
// Memory when idle: 2 kB to read into, and 2 kB at most of each queue and of the last message.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/asio/asio.h"
#include "common/http/server_stream.h"
#include "common/http/websocket_frames.h"
#include "common/http/websocket_places.h"
#include "common/http/websocket_server.h"

namespace earshot::http {

class WebSocketDriver : public std::enable_shared_from_this<WebSocketDriver> {
 public:
  // No stream: it ends as soon as it starts.
  WebSocketDriver(const Executor& executor, std::unique_ptr<ServerStream> stream,
                  WebSocketPlaces::Place place, const WebSocketLimits& limits,
                  ServerWebSocketHandlers handlers);

  void start(std::string answer);
  bool send(Opcode opcode, ByteView head, ByteView tail);
  void close(std::uint16_t code, std::string_view reason);
  std::size_t queued_bytes() const { return outbox_.size() + in_flight_.size(); }

  // Its user is gone: nobody is told anything any more.
  static void abandon(std::shared_ptr<WebSocketDriver> driver);

 private:
  enum class Phase { kOpening, kOpen, kClosing, kClosed };

  void arm(Milliseconds after);
  void on_timer();
  void on_answered(const error_code& failure);
  void read();
  void on_read(const error_code& failure, std::size_t bytes);
  void on_event(const WebSocketEvent& event);
  void on_close_frame(const WebSocketEvent& event);
  void flush_soon();
  void flush();
  void on_written(const error_code& failure);
  void after_our_close();
  void begin_closing(std::uint16_t code, std::string_view why);
  void end(std::uint16_t code, std::string_view why);
  bool is_queueing() const { return phase_ == Phase::kOpening || phase_ == Phase::kOpen; }

  Executor executor_;
  std::unique_ptr<ServerStream> stream_;
  std::optional<WebSocketPlaces::Place> place_;
  WebSocketLimits limits_;
  std::shared_ptr<ServerWebSocketHandlers> handlers_;  // shared with the call of one of them that goes on
  asio::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // of the timer that counts; an older one that still fires is stale

  Phase phase_ = Phase::kOpening;
  bool answered_ = false;  // the 101 is written
  std::uint16_t code_ = kCloseAbnormal;
  std::string why_;

  WebSocketReader reader_;
  std::array<std::uint8_t, 2048> bytes_{};
  SteadyTime heard_{};        // when the last byte came
  bool peer_closed_ = false;  // its close frame is here
  bool discarding_ = false;   // it sent what cannot be read on
  std::size_t discarded_ = 0;

  std::string outbox_;     // whole frames
  std::string in_flight_;  // being written
  bool writing_ = false;
  bool flush_posted_ = false;
};

}  // namespace earshot::http
