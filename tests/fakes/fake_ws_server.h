// A scripted WebSocket server for provider tests and benches: a script a connection, read top to bottom.
// A thread a connection, blocking. Loopback only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_http_server.h"

namespace earshot::fakes {

struct FakeFrame {
  bool binary = false;
  std::string data;
};

// Its methods throw to end the script when the client has gone or the server stops; scripts need not catch.
class FakeSocket {
 public:
  virtual ~FakeSocket() = default;
  virtual const FakeRequest& upgrade() const = 0;  // path, query, headers
  virtual FakeFrame receive() = 0;
  // nullopt: nothing came in time.
  virtual std::optional<FakeFrame> receive_within(Delay delay) = 0;
  virtual void send_text(std::string_view text) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
  virtual void send_raw(std::string_view bytes) = 0;  // a frame as the script made it, or none
  virtual void wait(Delay delay) = 0;
  virtual void close(std::uint16_t code, std::string_view reason = {}) = 0;  // and ends the script
  virtual void reset() = 0;                                                  // and ends the script
};

class FakeWsServer {
 public:
  using Script = std::function<void(FakeSocket&)>;

  FakeWsServer();
  ~FakeWsServer();
  FakeWsServer(const FakeWsServer&) = delete;
  FakeWsServer& operator=(const FakeWsServer&) = delete;

  std::uint16_t port() const;
  std::string url(const std::string& path = "/") const;  // ws://127.0.0.1:port/path
  // For every connection, whatever its path; the script looks at upgrade().
  void on_connection(Script script);
  // Refuses the upgrade with this status and body from now on; 0: accepts again.
  void refuse_with(int status, std::string body = {});
  // Asked for every upgrade, after refuse_with(): nullopt lets it in.
  struct Refusal {
    int status = 403;
    std::string body;
    std::string date;  // of the Date header; empty: none
  };
  using Check = std::function<std::optional<Refusal>(const FakeRequest&)>;
  void check_upgrade(Check check);
  // Before each frame sent from now on.
  void set_delay(Delay delay);
  std::vector<FakeRequest> upgrades() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace earshot::fakes
