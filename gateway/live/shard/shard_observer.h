// What a shard tells the control plane of its devices and sessions.
//
// Runs on: every method is called on a shard's thread, of several shards at the same time: an implementation
// copies what it needs, posts it to its own executor and returns at once. shard_reports.h is the gateway's.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/base/ids.h"
#include "gateway/live/shard/admission_table.h"
#include "gateway/live/workers/worker_news.h"

namespace earshot::gateway {

// What a device announced in its hello, beyond what the session itself needs.
struct DeviceFeatures {
  bool mcp = false;
  bool speak_request = false;  // the server may ask it to open its microphone and speaker while it is idle
};

class ShardObserver {
 public:
  virtual ~ShardObserver() = default;

  virtual void device_hello(const DeviceId& device, const DeviceFeatures& features) = 0;
  // Each opened session is closed once, also by a new hello of its device. A session that no worker took is
  // never told of.
  virtual void session_opened(const DeviceId& device, const SessionId& session, std::string_view worker) = 0;
  // Another worker goes on with it.
  virtual void session_moved(const DeviceId& device, const SessionId& session, std::string_view worker) = 0;
  virtual void session_closed(const DeviceId& device, const SessionId& session, std::string_view reason) = 0;
  // A hello of a client that may not talk to us: the connection is to be ended.
  virtual void device_refused(const auth::ClientId& client, AdmissionVerdict why) = 0;
  // The device did what a speak request asked for (speak_request.h): its session listens to the server.
  virtual void speak_ready(const DeviceId& device, const SessionId& session) = 0;
  virtual void turn_ended(TurnNews turn) = 0;
  virtual void say_ended(SayNews say) = 0;
  // A conversation has changed what its device's notebook holds.
  virtual void notebook(const DeviceId& device, NotebookNews notebook) = 0;
  // A conversation wants something kept or looked up (proto MemoryUp); its texts are as the worker sent them.
  virtual void memory(const DeviceId& device, const SessionId& session, ipc::MemoryUp wanted) = 0;
  virtual void agents_taken(AgentsNews agents) = 0;
};

}  // namespace earshot::gateway
