// The doors through which programs call in, as the configuration wants them: OpenAI Realtime and Coze.
//
// Runs on: the gateway's main executor.
// Borrows: what it is made with, for its life.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/routes/talk_routes.h"
#include "gateway/app/config.h"
#include "gateway/doors/calls/call_line.h"
#include "gateway/doors/calls/caller_gate.h"
#include "gateway/doors/coze/coze_door.h"
#include "gateway/doors/realtime/realtime_door.h"

namespace earshot::gateway {

class CallDoors {
 public:
  struct Ports {
    CallerGate::Identify identify;
    std::function<void(std::function<void(std::vector<std::string>)> done)> agents;
    std::function<void(http::PendingUpgrade, CallOpening)> hand_over;  // to some shard
  };

  CallDoors(const Executor& executor, const Secret& device_key, const GatewayConfig& config,
            const Clock& clock, const Ports& ports);

  void mount(http::Router& router);
  // How a page of the console comes to a key of the Realtime door; empty: that door is shut.
  api::MakeTalkKey talk_keys();
  void visit_counters(const std::function<void(std::string_view name, std::uint64_t value)>& visit) const;

 private:
  std::optional<RealtimeDoor> realtime_;
  std::optional<CozeDoor> coze_;
};

}  // namespace earshot::gateway
