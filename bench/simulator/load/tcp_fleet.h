// Many TCP connections, non-blocking on one epoll: what a load run's devices speak over, whatever they say. Driver.
//
// Runs on: one thread. Handlers may send and lose connections, this one too.
// Owns: the sockets. A connection that is lost stays lost and is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class TcpFleet {
 public:
  struct Handlers {
    // What came; lives during the call.
    std::function<void(std::size_t connection, ByteView bytes)> on_bytes;
  };

  TcpFleet(std::size_t connections, std::string peer, Handlers handlers);
  ~TcpFleet();
  TcpFleet(const TcpFleet&) = delete;
  TcpFleet& operator=(const TcpFleet&) = delete;

  // What is sent before it is established leaves then.
  void connect(std::size_t connection, const std::string& host, std::uint16_t port);
  bool is_open(std::size_t connection) const { return all_[connection].descriptor >= 0; }
  // What is put here leaves with the next send(); of a connection that is lost it is forgotten.
  Bytes& out(std::size_t connection) { return all_[connection].out; }
  void send(std::size_t connection);
  void lose(std::size_t connection, const std::string& why);
  // Without a word.
  void close_all();
  void poll(Milliseconds patience);

  std::size_t lost() const { return lost_; }
  const std::string& last_error() const { return last_error_; }

 private:
  struct Connection {
    int descriptor = -1;
    bool established = false;
    bool wants_write = false;
    Bytes out;
  };

  void watch(std::size_t connection, bool write);
  void read(std::size_t connection);

  std::vector<Connection> all_;
  std::string peer_;  // in "the ... closed the connection"
  Handlers handlers_;
  int epoll_;
  std::size_t lost_ = 0;
  std::string last_error_;
};

}  // namespace earshot::simulator
