// Everything of the gateway that is not audio, put together: the store, the devices, commands, events and the
// HTTP API. app.cc makes one and gives it the doors it needs.
//
// Runs on: the gateway's main executor; none of it blocks, none of it is known to a shard.
// Owns: its parts.
// Borrows: io, config, key, clock, shards and router, until it is destroyed.
// Lifecycle: made (opens the store; throws StartupError) -> start() -> connect() -> stop()
// (what is queued is written).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/auth/path_probe.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/config/config_changes.h"
#include "common/http/http_router.h"
#include "gateway/api/routes/talk_routes.h"
#include "gateway/app/config.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/control/workers/join_desk.h"
#include "gateway/live/shard/shard_reports.h"
#include "gateway/live/shard/shards.h"

namespace earshot::gateway {

// The gateway's other parts, as the control plane uses them: from connect() until the io_context has stopped.
struct ControlPlaneDoors {
  ShardReports& reports;
  broker::MqttLink& link;
  Secret device_key;                    // for the doctor's own log-in
  auth::PathProbeResponder path_probe;  // makes the tickets that the shards answer
  // What was counted outside of the shards.
  std::function<std::vector<std::pair<std::string, std::uint64_t>>()> counters;
  std::function<Result<ConfigChanges>()> reload;  // reads the configuration again
};

class ControlPlane {
 public:
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;  // as HealthDoor's

  ControlPlane(asio::io_context& io, const GatewayConfig& config, const Secret& device_key,
               const Clock& clock, const Shards& shards, http::Router& router);
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  void start();
  bool keeps_memory() const;  // since start()
  // Once, when the doors are made and before the first message can come.
  void connect(ControlPlaneDoors doors);
  void stop();

  // What is kept of conversations has changed: for turns that end from now on.
  void keep(const ConversationsConfig& config);
  // A device came or went.
  // RETURNS: whether it is welcome; else its connection is being ended.
  bool presence(const auth::ClientId& client, bool online);
  // The link to the broker is there again (who is online is told anew, over WebSocket too) or lost.
  void broker_connection(bool connected);
  // Whose key it is that a request shows as its Authorization; nullopt: nobody's that may command devices.
  std::optional<std::string> caller_of(const http::Request& request);
  // Before the server starts: how a page of the console comes to a key for a conversation; empty: to none.
  void offer_talk(api::MakeTalkKey make);
  // The agents of the store, by name. `done` comes later.
  void agent_names(std::function<void(std::vector<std::string>)> done);
  // Any thread: a command of an operator.
  void operator_message(const broker::OperatorMessage& message);
  void event_readers(bool any);

  // A worker with a token; null: none is awaited. On the main executor.
  JoinDesk* join_desk();

  Counts counters() const;  // what was refused or failed, for /healthz

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace earshot::gateway
