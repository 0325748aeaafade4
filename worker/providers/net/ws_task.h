// One task on a WebSocket: connect, begin, wait for the server's leave, stream, finish, wait for the end,
// then keep the connection for the next task or drop it (provider-protocol 9, M6). What is said is a
// WsDialogue's.
//
// Runs on: the io_context of its WsConnections; never calls back from inside a call.
// Bounded: what waits for the server's leave by the request's max_queued_bytes. Destroying a task cancels it
// and drops its connection.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/websocket_client.h"
#include "worker/providers/net/ws_dialogue.h"

namespace earshot::worker {

struct WsTaskSettings {
  bool waits_for_start = true;        // false: nothing has to come before the stream may begin
  Milliseconds start_timeout{5000};   // from the connection to kStarted
  Milliseconds end_timeout{5000};     // from finish() to the end, whatever was reached before
  Milliseconds settle{300};           // of WsStep::kSettling
  Milliseconds keep_idle{0};          // > 0: a free connection serves the next task for so long
  Milliseconds keep_alive_period{0};  // > 0: after so long without a message `keep_alive` is sent
  WsMessage keep_alive;
};

// The free connections of one provider, and the way to new ones. Shared by the provider and its tasks.
class WsConnections {
 public:
  static constexpr std::size_t kMaxIdle = 16;  // the oldest is closed for the next

  explicit WsConnections(asio::io_context& io);
  ~WsConnections();  // closes the free ones
  WsConnections(const WsConnections&) = delete;
  WsConnections& operator=(const WsConnections&) = delete;

 private:
  friend class WsTask;
  struct State;
  std::shared_ptr<State> state_;
};

struct WsTaskCallbacks {
  std::function<void()> on_progress;  // optional; a message was taken in and the task goes on
  // Exactly once, before finish() too; kUnavailable, kTimeout, kInvalid ...
  std::function<void(Status)> on_done;
};

class WsTask {
 public:
  // Borrows `dialogue` for its life. `connections` may go before the task.
  WsTask(WsConnections& connections, http::WebSocketRequest request, const WsTaskSettings& settings,
         WsDialogue& dialogue, WsTaskCallbacks callbacks);
  ~WsTask();
  WsTask(const WsTask&) = delete;
  WsTask& operator=(const WsTask&) = delete;

  void send(WsMessage message);  // waits for the leave; ignored after finish() and the end
  void finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Why a connection was refused or ended, in words for an operator; never the body, which may repeat a key.
Error describe_closed(const http::WebSocketClosed& closed);

}  // namespace earshot::worker
