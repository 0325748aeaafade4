// Brings all devices of a load run into their sessions: OTA, MQTT, hello. Blocks; one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulator/load/control_fleet.h"
#include "bench/simulator/load/load_options.h"
#include "bench/simulator/load/load_stream.h"
#include "bench/simulator/server_hello.h"
#include "common/base/result.h"

namespace earshot::simulator {

// Runs on: one thread.
// Owns: the MQTT connections.
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

  const std::vector<ServerHello>& hellos() const { return hellos_; }
  // Devices without connection or session.
  std::size_t lost() const { return ended_ + (fleet_ ? fleet_->lost() : 0); }

 private:
  void heard(std::size_t device, std::string_view text);
  Result<double> run(const char* what, const std::function<void(std::size_t)>& begin,
                     const std::function<std::size_t()>& done);

  const LoadOptions& options_;
  std::vector<OtaAnswer::Mqtt> logins_;
  std::unique_ptr<ControlFleet> fleet_;
  std::vector<ServerHello> hellos_;
  std::size_t greeted_ = 0;
  std::size_t ended_ = 0;  // the server has said goodbye
};

}  // namespace earshot::simulator
