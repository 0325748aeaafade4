// The WebSockets of all devices of a load run: control and audio on one connection each. To the audio's user it
// looks like UDP without encryption: socket n is device n, and what it queues and receives are datagrams whose
// header is made and taken off here. Driver.
//
// Runs on: one thread.
// Owns: the sockets. A connection that is lost stays lost and is counted.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/load/audio_fleet.h"
#include "bench/simulator/load/control_line.h"
#include "bench/simulator/load/ws_wire.h"

namespace earshot::simulator {

class WebSocketFleet final : public ControlLine, public AudioFleet {
 public:
  struct Login {
    WsUrl url;
    std::vector<std::pair<std::string, std::string>> headers;
    int version = 1;  // of the binary frames
  };

  // A device is the index in `logins`; its audio has the ssrc index + 1.
  WebSocketFleet(std::vector<Login> logins, Handlers handlers);
  ~WebSocketFleet() override;
  WebSocketFleet(const WebSocketFleet&) = delete;
  WebSocketFleet& operator=(const WebSocketFleet&) = delete;

  void connect(std::size_t device) override;
  void publish(std::size_t device, std::string_view json) override;
  void disconnect_all() override;
  void poll(Milliseconds patience) override;
  std::size_t connected() const override { return connected_; }
  std::size_t lost() const override { return lost_; }
  const std::string& last_error() const override { return last_error_; }

  std::span<std::uint8_t> queue(std::size_t socket, std::size_t bytes) override;
  void flush() override;
  void flush(std::size_t) override { flush(); }
  void receive(const Handler& handler) override;
  std::uint64_t send_failures() const override { return send_failures_; }

 private:
  struct Connection {
    int descriptor = -1;
    bool established = false;
    bool accepted = false;
    bool wants_write = false;
    std::uint32_t received = 0;
    Bytes out;
    WsReader reader;
  };
  struct Arrived {
    std::size_t device = 0;
    Bytes datagram;
    std::int64_t at_ns = 0;
  };

  void lose(std::size_t device, const std::string& why);
  void watch(std::size_t device, bool write);
  void write(std::size_t device);
  void read(std::size_t device);
  void take(std::size_t device, WsReader::Item item);

  std::vector<Login> logins_;
  Handlers handlers_;
  std::vector<Connection> connections_;
  std::vector<std::pair<std::size_t, Bytes>> queued_;  // since the last flush()
  std::vector<Arrived> arrived_;                       // audio that came with a poll()
  int epoll_ = -1;
  std::size_t connected_ = 0;
  std::size_t lost_ = 0;
  std::uint64_t send_failures_ = 0;
  std::string last_error_;
};

}  // namespace earshot::simulator
