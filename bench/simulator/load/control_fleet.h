// The MQTT connections of all devices: non-blocking sockets on one epoll. Driver.
//
// Runs on: one thread.
// Owns: the sockets. A connection that is lost stays lost and is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulator/load/control_line.h"
#include "bench/simulator/load/mqtt_wire.h"
#include "bench/simulator/ota_rules.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class ControlFleet final : public ControlLine {
 public:
  // A device is the index in `logins`.
  ControlFleet(std::vector<OtaAnswer::Mqtt> logins, Handlers handlers);
  ~ControlFleet() override;
  ControlFleet(const ControlFleet&) = delete;
  ControlFleet& operator=(const ControlFleet&) = delete;

  void connect(std::size_t device) override;
  void subscribe(std::size_t device, std::string_view filter);
  void publish(std::size_t device, std::string_view json) override;
  void disconnect_all() override;
  // Sends the pings that are due, too.
  void poll(Milliseconds patience) override;

  std::size_t connected() const override { return connected_; }
  std::size_t lost() const override { return lost_; }
  const std::string& last_error() const override { return last_error_; }

 private:
  struct Connection {
    int descriptor = -1;
    bool established = false;
    bool accepted = false;
    bool wants_write = false;
    Bytes out;
    MqttReader reader;
  };

  void lose(std::size_t device, const std::string& why);
  void watch(std::size_t device, bool write);
  void flush(std::size_t device);
  void read(std::size_t device);

  std::vector<OtaAnswer::Mqtt> logins_;
  Handlers handlers_;
  std::vector<Connection> connections_;
  int epoll_ = -1;
  std::size_t connected_ = 0;
  std::size_t lost_ = 0;
  std::string last_error_;
  SteadyTime next_ping_{};
};

}  // namespace earshot::simulator
