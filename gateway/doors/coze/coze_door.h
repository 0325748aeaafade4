// Where clients of Coze's WebSocket services come in (docs/protocol_coze.md): says who may, hands the connection to a shard,
// and makes conversations for clients that ask for one first.
//
// Runs on: the HTTP server's executor, which is the gateway's main one.
// Borrows: what it is made with, for its life.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/http/http_router.h"
#include "common/http/websocket_server.h"
#include "gateway/doors/calls/call_line.h"
#include "gateway/doors/calls/caller_gate.h"
#include "gateway/doors/coze/coze_service.h"

namespace earshot::gateway {

enum class CozeEvent { kAccepted, kRefusedKey, kRefusedTooOften, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(CozeEvent::kCount)> kCozeEventNames{
    "coze_accepted", "coze_refused_key", "coze_refused_too_often"};

class CozeDoor {
 public:
  struct Ports {
    CallerGate::Identify identify;
    std::function<void(http::PendingUpgrade, CallOpening)> hand_over;  // to some shard
  };

  CozeDoor(bool require_key, const Clock& clock, Ports ports);
  CozeDoor(const CozeDoor&) = delete;
  CozeDoor& operator=(const CozeDoor&) = delete;

  void mount(http::Router& router);

  const Counters<CozeEvent, kCozeEventNames>& counters() const { return counters_; }

 private:
  CallerGate::Verdict admit(const http::Request& request);
  void on_upgrade(http::PendingUpgrade upgrade, CozeService service);
  void make_conversation(const http::Request& request, const http::Reply& reply);

  CallerGate gate_;
  const Clock& clock_;
  std::function<void(http::PendingUpgrade, CallOpening)> hand_over_;
  Counters<CozeEvent, kCozeEventNames> counters_;
};

}  // namespace earshot::gateway
