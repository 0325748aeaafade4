// The WebSockets of all devices of a load run: control and audio on one connection each. To the audio's user it
// looks like UDP without encryption: socket n is device n, and what it queues and receives are datagrams whose
// header is made and taken off here. Driver.
//
// Runs on: one thread.
// Owns: the connections (tcp_fleet.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/load/audio_fleet.h"
#include "bench/simulator/load/control_line.h"
#include "bench/simulator/load/tcp_fleet.h"
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

  void connect(std::size_t device) override;
  void publish(std::size_t device, std::string_view json) override;
  // By dropping TCP, as devices do.
  void disconnect_all() override { connections_.close_all(); }
  void poll(Milliseconds patience) override { connections_.poll(patience); }
  std::size_t connected() const override;
  std::size_t lost() const override { return connections_.lost(); }
  const std::string& last_error() const override { return connections_.last_error(); }

  std::span<std::uint8_t> queue(std::size_t socket, std::size_t bytes) override;
  void flush() override;
  void flush(std::size_t) override { flush(); }
  void receive(const Handler& handler) override;
  std::uint64_t send_failures() const override { return send_failures_; }

 private:
  struct Device {
    bool upgraded = false;
    std::uint32_t received = 0;
    WsReader reader;
  };
  struct Arrived {
    std::size_t device = 0;
    Bytes datagram;
    std::int64_t at_ns = 0;
  };

  void hear(std::size_t device, ByteView bytes);
  void take(std::size_t device, WsReader::Item item);

  std::vector<Login> logins_;
  Handlers handlers_;
  std::vector<Device> devices_;
  TcpFleet connections_;
  std::vector<std::pair<std::size_t, Bytes>> queued_;  // since the last flush()
  std::vector<Arrived> arrived_;                       // audio that came with a poll()
  std::uint64_t send_failures_ = 0;
};

}  // namespace earshot::simulator
