// A server whose WebSockets live on another thread, and bytes as a client writes them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/http/websocket_frames.h"
#include "common/http/websocket_server.h"
#include "tests/unit/common/http/http_fixture.h"

namespace earshot::http {

// RFC 6455 1.3 has this key and what is answered to it.
inline const std::string kUpgradeLines =
    "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
inline const std::string kUpgrade = "GET /ws HTTP/1.1\r\n" + kUpgradeLines + "\r\n";

inline std::string from_client(Opcode opcode, const std::string& payload, bool last = true) {
  std::string frame;
  append_frame(frame, opcode, as_bytes(payload));
  const std::size_t head = frame.size() - payload.size();
  if (!last) frame[0] = static_cast<char>(frame[0] & '\x7f');
  frame[1] = static_cast<char>(frame[1] | '\x80');
  frame.insert(head, std::string(4, '\0'));  // a mask of zeros is a mask
  return frame;
}
inline std::string from_server(Opcode opcode, const std::string& payload) {
  std::string frame;
  append_frame(frame, opcode, as_bytes(payload));
  return frame;
}
inline std::string close_from_server(std::uint16_t code, const std::string& reason = "") {
  std::string frame;
  append_close_frame(frame, code, reason);
  return frame;
}

// An executor whose thread runs as long as it lives, as a shard's.
class Thread {
 public:
  Thread() : work_(asio::make_work_guard(io_)), thread_([this] { io_.run(); }) {}
  ~Thread() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    work_.reset();
    io_.stop();
    thread_.join();
  }
  Executor executor() { return io_.get_executor(); }
  template <class Do>
  void run(Do&& what) {
    std::promise<void> done;
    asio::post(io_, [&] {
      what();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

class WebSocketServerTest : public HttpServerTest {
 protected:
  ~WebSocketServerTest() override {
    other_.run([this] { sockets_.clear(); });
    other_.stop();
    stop_serving();
  }
  // Everything that came is told back, on the other thread.
  void echo(WebSocketLimits limits = {}, std::string subprotocol = {}) {
    router_.websocket("/ws", [this, limits, subprotocol](PendingUpgrade upgrade) {
      accept(std::move(upgrade), limits, subprotocol);
    });
  }
  void accept(PendingUpgrade upgrade, const WebSocketLimits& limits, const std::string& subprotocol = {}) {
    auto slot = std::make_shared<std::shared_ptr<ServerWebSocket>>();
    const auto id = std::this_thread::get_id();
    *slot = upgrade.accept(
        other_.executor(), limits,
        {.on_open =
             [this, id] {
               EXPECT_NE(std::this_thread::get_id(), id);
               ++opened_;
             },
         .on_text = [weak = std::weak_ptr(slot)](
                        std::string_view text) { (*weak.lock())->send_text("got " + std::string(text)); },
         .on_binary = [weak = std::weak_ptr(slot)](
                          ByteView bytes) { (*weak.lock())->send_binary(as_bytes("got "), bytes); },
         .on_closed =
             [this](std::uint16_t code, std::string_view why) {
               const std::lock_guard lock(guard_);
               closed_.emplace_back(code, why);
             }},
        subprotocol);
    asio::post(other_.executor(), [this, slot] { sockets_.push_back(slot); });
  }
  std::vector<std::pair<int, std::string>> closed_after(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      {
        const std::lock_guard lock(guard_);
        if (closed_.size() >= count) return closed_;
      }
      std::this_thread::yield();
    }
    return {};
  }
  std::size_t places() {
    std::size_t count = 0;
    std::promise<void> done;
    asio::post(io_, [&] {
      count = server_->websockets();
      done.set_value();
    });
    done.get_future().wait();
    return count;
  }
  // What comes back for these bytes behind the handshake, till the server closes.
  std::string talk(const std::string& frames) {
    RawClient client(server_->port());
    client.send(kUpgrade);
    EXPECT_THAT(client.read_until("\r\n\r\n"), testing::StartsWith("HTTP/1.1 101"));
    client.send(frames);
    return client.read_all();
  }
  ServerWebSocket& socket() { return **sockets_.at(0); }

  Thread other_;
  std::vector<std::shared_ptr<std::shared_ptr<ServerWebSocket>>> sockets_;  // of the other thread
  std::atomic<int> opened_ = 0;
  std::mutex guard_;
  std::vector<std::pair<int, std::string>> closed_;
};

inline const std::string kBye = from_client(Opcode::kClose,
                                            "\x03\xe8"
                                            "bye");

}  // namespace earshot::http
