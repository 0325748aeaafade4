// What the control plane does with the workers' conversations: keeps them, makes devices speak, and brings
// the store's agents to the workers. A part of control_plane.h, put together for itself.
//
// Runs on: the gateway's main executor.
// Owns: the log, the sayer, the reminders, the memory and the distributor.
// Borrows: its parts.
// Lifecycle: made -> connect() -> used -> stop().
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "gateway/app/config.h"
#include "gateway/control/agents/agent_distributor.h"
#include "gateway/control/conversations/conversation_log.h"
#include "gateway/control/memory/memory_keeper.h"
#include "gateway/control/say/notice_door.h"
#include "gateway/control/say/reminders.h"
#include "gateway/control/say/sayer.h"
#include "gateway/live/shard/shard_reports.h"
#include "gateway/live/shard/shards.h"
#include "gateway/store/secret_box.h"

namespace earshot::gateway {

struct VoicePlaneParts {
  Executor executor;
  const GatewayConfig& config;
  const Clock& clock;
  store::StoreProxy& store;
  const store::SecretBox& secrets;
  EventHub& hub;
  const DeviceDirectory& devices;
  const Shards& shards;
  http::Router& router;
  std::function<bool(const std::string& client_id, const std::string& json)> push;
};

class VoicePlane {
 public:
  explicit VoicePlane(const VoicePlaneParts& parts);
  VoicePlane(const VoicePlane&) = delete;
  VoicePlane& operator=(const VoicePlane&) = delete;

  // The shards are there: the agents are sent.
  void connect();
  // Fills in the handlers that are its own; on_session_opened and on_session_closed are called by the owner.
  void add_to(ShardReports::Handlers& handlers);
  // What is kept of turns that end from now on.
  void keep(const ConversationsConfig& config);
  void stop();

  ConversationLog& conversations() { return conversations_; }
  AgentDistributor& agents() { return agents_; }
  Sayer& sayer() { return sayer_; }
  Reminders& reminders() { return reminders_; }
  MemoryKeeper& memory() { return memory_; }

  template <class Visitor>
  void visit_counters(Visitor&& visitor) const {
    conversations_.counters().visit(visitor);
    agents_.counters().visit(visitor);
    sayer_.counters().visit(visitor);
    reminders_.counters().visit(visitor);
    memory_.counters().visit(visitor);
  }

 private:
  AgentDistributor::Doors agent_doors();
  Sayer::Doors say_doors();

  VoicePlaneParts parts_;
  ConversationLog conversations_;
  AgentDistributor agents_;
  Sayer sayer_;
  Reminders reminders_;
  MemoryKeeper memory_;
  NoticeDoor notices_;
};

}  // namespace earshot::gateway
