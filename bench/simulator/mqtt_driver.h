// A device's MQTT connection (device-protocol 2.1) through libmosquitto: MQTT 3.1.1, clean session, no will,
// QoS 0, TLS if and only if the port is 8883. It never subscribes, as the firmware never does.
// Runs on: the executor's thread; libmosquitto has a thread of its own, whose callbacks are posted here.
// Owns: the connection and that thread.
// Lifecycle: connect() once; libmosquitto reconnects 10 s after a loss;
// disconnect(), or the destructor, ends both.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bench/simulator/ota_rules.h"
#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::simulator {

class MqttDriver {
 public:
  struct Handlers {
    std::function<void()> connected;
    std::function<void(std::string why)> refused;  // CONNACK with an error
    std::function<void()> lost;
    std::function<void(std::string payload, SteadyTime arrival)> message;
  };

  MqttDriver(Executor executor, const OtaAnswer::Mqtt& settings, Handlers handlers);
  ~MqttDriver();

  Status connect();                     // begins; Handlers tell how it ended
  bool publish(std::string_view text);  // RETURNS: false when there is no connection
  void disconnect();                    // sends what is queued first; waits for the thread

 private:
  struct Client;
  std::unique_ptr<Client> client_;
};

}  // namespace earshot::simulator
