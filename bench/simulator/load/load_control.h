// Brings all devices of a load run into their sessions: OTA, MQTT or WebSocket, hello. Blocks; one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulator/load/control_line.h"
#include "bench/simulator/load/load_options.h"
#include "bench/simulator/load/load_stream.h"
#include "bench/simulator/load/websocket_fleet.h"
#include "bench/simulator/ota_client.h"
#include "bench/simulator/ota_rules.h"
#include "bench/simulator/server_hello.h"
#include "common/base/result.h"

namespace earshot::simulator {

// Runs on: one thread.
// Owns: the connections.
class LoadControl {
 public:
  explicit LoadControl(const LoadOptions& options);

  // Each returns when all devices have it, or after a patience of 30 s.
  // RETURNS: how long it took, in seconds.
  Result<double> ask_ota();
  Result<double> connect();
  Result<double> say_hello();

  // A message of this device; its session id is filled in. `body` without braces.
  void say(std::size_t device, const std::string& body);
  void poll() { fleet_->poll(Milliseconds(0)); }
  void leave();

  // With options.websocket, since connect(): the audio too. Else nullptr.
  AudioFleet* audio() { return websockets_; }
  const std::vector<ServerHello>& hellos() const { return hellos_; }
  // Devices without connection or session.
  std::size_t lost() const { return ended_ + (fleet_ ? fleet_->lost() : 0); }

 private:
  Status keep_login(const DeviceIdentity& identity, OtaAnswer answer);
  void heard(std::size_t device, std::string_view text);
  Result<double> run(const char* what, const std::function<void(std::size_t)>& begin,
                     const std::function<std::size_t()>& done);

  const LoadOptions& options_;
  std::vector<OtaAnswer::Mqtt> logins_;
  std::vector<WebSocketFleet::Login> websocket_logins_;
  std::unique_ptr<ControlLine> fleet_;
  WebSocketFleet* websockets_ = nullptr;  // fleet_, when it is one
  std::vector<ServerHello> hellos_;
  std::size_t greeted_ = 0;
  std::size_t ended_ = 0;  // the server has said goodbye
};

}  // namespace earshot::simulator
