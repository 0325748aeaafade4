// The MQTT connections of all devices of a load run. Driver.
//
// Runs on: one thread.
// Owns: the connections (tcp_fleet.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulator/load/control_line.h"
#include "bench/simulator/load/mqtt_wire.h"
#include "bench/simulator/load/tcp_fleet.h"
#include "bench/simulator/ota_rules.h"
#include "common/base/clock.h"

namespace earshot::simulator {

class ControlFleet final : public ControlLine {
 public:
  // A device is the index in `logins`.
  ControlFleet(std::vector<OtaAnswer::Mqtt> logins, Handlers handlers);

  void connect(std::size_t device) override;
  void subscribe(std::size_t device, std::string_view filter);
  void publish(std::size_t device, std::string_view json) override;
  void disconnect_all() override;
  // Sends the pings that are due, too.
  void poll(Milliseconds patience) override;

  std::size_t connected() const override;
  std::size_t lost() const override { return connections_.lost(); }
  const std::string& last_error() const override { return connections_.last_error(); }

 private:
  struct Device {
    bool accepted = false;
    MqttReader reader;
  };

  void hear(std::size_t device, ByteView bytes);

  std::vector<OtaAnswer::Mqtt> logins_;
  Handlers handlers_;
  std::vector<Device> devices_;
  TcpFleet connections_;
  SteadyTime next_ping_{};
};

}  // namespace earshot::simulator
