// The only way into a shard from other threads: passes values, returns at once.
//
// Runs on: any thread.
// Borrows: the shard, which outlives its users.
// Bounded: kMaxPendingControl messages, and kMaxPendingBytes, are on their way to the shard's thread; more are
// dropped and counted, so that a flood of publishes costs no memory. They are on their way for a round only:
// the shard's ControlQueue, where they wait, gives each device its own room.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "gateway/live/session/recitals.h"
#include "gateway/live/session/say_verdict.h"
#include "gateway/live/session/session_config.h"
#include "gateway/live/shard/admission_table.h"
#include "gateway/live/shard/shard_stats.h"
#include "gateway/live/workers/link_keys.h"
#include "gateway/live/workers/worker_news.h"
#include "gateway/xiaozhi/device_order.h"

namespace earshot::gateway {

class Shard;

class ShardProxy {
 public:
  static constexpr std::size_t kMaxPendingControl = 4096;
  static constexpr std::size_t kMaxPendingBytes = 32 * 1024 * 1024;

  ShardProxy(Shard& shard, Executor executor) : shard_(shard), executor_(std::move(executor)) {}

  void post_control(auth::ClientId from, std::string payload, SteadyTime received);
  // To the device's line. `done` is called once, on `reply_to`; never, if the line or the shard ends before.
  void post_order(DeviceId device, DeviceOrder order, Executor reply_to, OrderDone done);
  // The link to the broker is lost: who is online is told anew.
  void post_presence_unknown();
  void post_presence(auth::ClientId client, bool online);
  // Who may talk, and who answers: from the next message on. A session that is no longer admitted is closed.
  void post_device_facts(DeviceId device, DeviceFacts facts);
  // Its session is closed.
  void post_forget_device(DeviceId device);
  // Its next session begins with nothing of what was said until now.
  void post_forget_dialogue(DeviceId device);
  // Ends the client's session with goodbye, then sends it `last_words` (JSON; empty: none), then ends its
  // connection to the broker.
  void post_throw_out(auth::ClientId client, std::string last_words);
  // Ends it with goodbye. An empty session id: whichever the device has. Unknown: nothing happens.
  void post_close_session(DeviceId device, SessionId session, std::string reason);
  // Said as a turn of the server; ShardObserver::say_ended follows once `done` was called with kTaken.
  void post_say(DeviceId device, std::string id, std::string text, Executor reply_to,
                std::function<void(SayVerdict)> done);
  // To the worker of its session, when it has one.
  void post_notebook(DeviceId device, NotebookNews notebook);
  // To the worker of just this session, when it goes on.
  void post_memory(DeviceId device, SessionId session, ipc::MemoryDown known);
  // The device has no session: a worker makes the speech for it, as a whole. `done` on `reply_to`, once; the
  // agent is filled in.
  void post_recite(Recitals::Wanted wanted, Executor reply_to, Recitals::Done done);
  // No new sessions for this worker. `done` with false: it has no link to this shard.
  void post_drain(std::string worker, Executor reply_to, std::function<void(bool)> done);
  // To every worker that is linked or will be.
  void post_agents(AgentParts parts);
  // In force from the next message on.
  void post_session_config(SessionConfig config);
  // For links over TLS from now on; links of workers that are revoked end.
  void post_link_keys(LinkKeysPtr keys);
  // `done` is called on `reply_to`; never, if the shard stops before.
  void request_stats(Executor reply_to, std::function<void(ShardStats)> done);
  void request_sessions(Executor reply_to, std::function<void(std::vector<SessionView>)> done);

  std::uint64_t control_dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void arrived(std::size_t bytes);

  Shard& shard_;
  Executor executor_;
  std::atomic<std::size_t> pending_{0};
  std::atomic<std::size_t> pending_bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace earshot::gateway
