// A door of calls on a real HTTP server with a real shard behind it, a client by hand, and programs that talk with a real
// worker process.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/http/http_server.h"
#include "common/http/websocket_client.h"
#include "gateway/doors/calls/call_line.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/client_program.h"
#include "tests/integration/gateway_fixture.h"

namespace earshot::gateway {

inline constexpr std::string_view kTokenText = "ear_test_0123456789";

class CallDoorTest : public GatewayTest {
 protected:
  CallDoorTest() { start_shard(); }
  ~CallDoorTest() override {
    client_.reset();
    if (server_) server_->stop();
  }

  // For the door's ports.
  static std::optional<std::string> identify(const http::Request& request) {
    if (request.headers.find("Authorization") != "Bearer " + std::string(kTokenText)) return std::nullopt;
    return "token:test";
  }
  auto hand_over() {
    return [this](http::PendingUpgrade upgrade, CallOpening opening) {
      CallLine::make(std::move(upgrade), std::move(opening), shard_->executor(), shard_->call_host());
    };
  }
  // Behind the routes.
  void serve() { server_.emplace(io_, "127.0.0.1", 0, "http.port", router_); }

  void connect_to(const std::string& path, std::vector<std::pair<std::string, std::string>> headers = {}) {
    constexpr std::size_t kMaxQueued = 48 * 1024 * 1024;  // more than an event that is refused
    told_.clear();
    open_ = false;
    closed_.reset();
    client_ =
        http::connect_websocket(io_,
                                {.url = "ws://127.0.0.1:" + std::to_string(server_->port()) + path,
                                 .headers = std::move(headers),
                                 .max_queued_bytes = kMaxQueued},
                                {.on_open = [this] { open_ = true; },
                                 .on_text = [this](std::string_view text) { told_.emplace_back(text); },
                                 .on_binary = {},
                                 .on_closed = [this](const http::WebSocketClosed& why) { closed_ = why; }});
  }
  http::Response ask(const std::string& method, const std::string& path, const std::string& key,
                     const std::string& body = "") {
    http::Request request{
        .method = method, .path = path, .query = {}, .headers = {}, .body = body, .peer = "::1"};
    request.headers.add("Authorization", "Bearer " + key);
    request.headers.add("Content-Type", "application/json");
    http::Response told;
    router_.handle(std::move(request), [&](http::Response response) { told = std::move(response); });
    return told;
  }
  static bool has_worker() { return std::getenv("EARSHOT_BIN") != nullptr; }
  // The client is another process; the door lives on this thread meanwhile.
  e2e::ClientRun talk_with_worker(const std::function<e2e::ClientRun(int port)>& talk) {
    const char* const binaries = std::getenv("EARSHOT_BIN");
    e2e::ChildProcess worker({std::string(binaries) + "/earshot-worker", "--gateway",
                              shard_->worker_endpoint().text(), "--id", "w1"},
                             (folder_ / "worker.out").string(), (folder_ / "worker.log").string());
    // A sanitised worker on a loaded machine loads its models slowly.
    bool up = false;
    for (int patience = 0; patience < 6 && !up; ++patience)
      up = run_until([&] { return counter("worker_links_up") == 1; });
    EXPECT_TRUE(up);
    e2e::ClientRun run;
    std::thread client([&] {
      run = talk(server_->port());
      asio::post(io_, [this] { client_over_ = true; });
    });
    while (!client_over_) io_.run_one();
    client.join();
    if (!run.ended_well) run.output += worker.errors();
    return run;
  }

  SystemClock clock_;
  http::Router router_;
  std::optional<http::Server> server_;
  std::unique_ptr<http::WebSocketClient> client_;
  std::vector<std::string> told_;
  std::optional<http::WebSocketClosed> closed_;
  bool open_ = false;

 private:
  bool client_over_ = false;
};

}  // namespace earshot::gateway
