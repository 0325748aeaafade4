// Where clients of OpenAI Realtime come in (docs/protocol_realtime.md): says who may, hands the connection to a shard,
// and answers the requests around it.
//
// Runs on: the HTTP server's executor, which is the gateway's main one; on_gone of lines is brought there.
// Borrows: what it is made with, for its life.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/http/http_router.h"
#include "common/http/websocket_server.h"
#include "gateway/doors/calls/call_line.h"
#include "gateway/doors/calls/caller_gate.h"
#include "gateway/doors/realtime/ephemeral_keys.h"
#include "gateway/doors/realtime/realtime_call.h"

namespace earshot::gateway {

enum class RealtimeEvent { kAccepted, kRefusedKey, kRefusedTooOften, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(RealtimeEvent::kCount)>
    kRealtimeEventNames{"realtime_accepted", "realtime_refused_key", "realtime_refused_too_often"};

class RealtimeDoor {
 public:
  // A page shows its key as soon as it has it; a slow network and a slow phone are allowed for.
  static constexpr std::chrono::seconds kPageKeyLife{60};

  struct Ports {
    CallerGate::Identify identify;
    // The agents that can be named as models.
    std::function<void(std::function<void(std::vector<std::string>)> done)> models;
    std::function<void(http::PendingUpgrade, CallOpening)> hand_over;  // to some shard
  };

  RealtimeDoor(Executor executor, const Secret& device_key, bool require_key, const Clock& clock,
               Ports ports);
  ~RealtimeDoor() { *alive_ = false; }
  RealtimeDoor(const RealtimeDoor&) = delete;
  RealtimeDoor& operator=(const RealtimeDoor&) = delete;

  void mount(http::Router& router);

  // For somebody who is known already, as of the console: opens a conversation with that agent, soon.
  // RETURNS: the key, and until when it is good, in seconds since the epoch.
  std::pair<Secret, std::int64_t> key_for_page(const std::string& caller, const std::string& agent);

  std::size_t active_sessions() const { return active_; }
  const Counters<RealtimeEvent, kRealtimeEventNames>& counters() const { return counters_; }

 private:
  struct Admission {
    int status = 200;  // else the refusal's
    EphemeralKeys::Grant grant = {};
    bool ephemeral = false;
  };
  Admission admit(const http::Request& request);
  void on_upgrade(http::PendingUpgrade upgrade);
  void make_secret(const http::Request& request, const http::Reply& reply, bool beta);
  void list_models(const http::Request& request, const http::Reply& reply);

  Executor executor_;
  EphemeralKeys keys_;
  CallerGate gate_;
  const Clock& clock_;
  Ports ports_;
  std::size_t active_ = 0;
  Counters<RealtimeEvent, kRealtimeEventNames> counters_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // read and written on `executor_` only
};

}  // namespace earshot::gateway
