// What is remembered of devices' users: takes what conversations want kept, answers what they ask (of the agent's
// documents, too), and forgets.
// docs/memory.md tells what of it reaches a model.
//
// Runs on: the gateway's main executor.
// Borrows: the store and the clock. `tell` carries an answer to the worker of just that session.
// Bounded: kMaxWaiting jobs at the store, kMaxWaitingOfDevice of a device; beyond, a turn is not kept and a question
// not answered (the worker goes on without). A change is only refused where all devices together have too many. Texts are cut here: who sent them is not trusted.
// Nothing of what was said is logged.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/ids.h"
#include "gateway/store/store_proxy.h"
#include "ipc.pb.h"

namespace earshot::gateway {

enum class MemoryEvent { kTurn, kAsked, kChanged, kForgotten, kDropped, kFailed, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(MemoryEvent::kCount)>
    kMemoryEventNames{"memory_turn",      "memory_asked",   "memory_changed",
                      "memory_forgotten", "memory_dropped", "memory_failed"};
using MemoryCounters = Counters<MemoryEvent, kMemoryEventNames>;

class MemoryKeeper {
 public:
  static constexpr std::size_t kMaxWaiting = 1000;
  static constexpr std::size_t kMaxWaitingOfDevice = 16;
  static constexpr std::size_t kMaxRecords = 8;  // of an answer
  static constexpr std::size_t kMaxWordsBytes = 1024;
  static constexpr std::size_t kMaxReplyBytes = 2048;
  static constexpr std::size_t kMaxFactBytes = 300;
  static constexpr std::size_t kMaxSummaryBytes = 600;
  static constexpr std::size_t kMaxLearnt = 8;  // facts of one change
  static constexpr std::size_t kMaxRanges = 4;

  using Tell = std::function<void(const DeviceId&, const SessionId&, ipc::MemoryDown)>;

  // `keep_turns`: of an agent and a device; the oldest go.
  MemoryKeeper(Executor executor, store::StoreProxy& store, const Clock& clock, std::size_t keep_turns,
               Tell tell);
  void stop() { *alive_ = false; }

  void wanted(const DeviceId& device, const SessionId& session, const ipc::MemoryUp& up);
  void session_closed(const DeviceId& device, const SessionId& session);

  // The device's facts were changed from elsewhere: its conversation is told.
  void changed(const DeviceId& device);
  // All of it, and the device's conversations; those in a store that remembers nothing, too. `done` once.
  void forget(const DeviceId& device, std::function<void(Status)> done);
  // The same of a device that was removed, for which nobody could ask again: what the store refuses is tried
  // again at each retry(). So many wait as were removed while it refuses.
  void forget_removed(const DeviceId& device);
  void retry();

  const MemoryCounters& counters() const { return counters_; }

 private:
  struct Listener {
    SessionId session;
    std::string agent;
  };
  bool enter(const DeviceId& device, std::size_t most = kMaxWaitingOfDevice);
  void leave(const DeviceId& device);
  void keep(const store::MemoryOwner& owner, const ipc::MemoryUp::Turn& turn);
  void answer(const store::MemoryOwner& owner, const SessionId& session, const ipc::MemoryUp::Ask& ask);
  void change(const store::MemoryOwner& owner, const SessionId& session, const ipc::MemoryUp::Change& change);
  void tell_known(const store::MemoryOwner& owner, const SessionId& session);
  void forget_some(const DeviceId& device, std::function<void(Status)> done);
  void begin_forgetting(const DeviceId& removed);
  void forget_diary(const store::MemoryOwner& owner);

  Executor executor_;
  store::StoreProxy& store_;
  const Clock& clock_;
  std::size_t keep_turns_;
  Tell tell_;
  MemoryCounters counters_;
  std::map<DeviceId, Listener> listeners_;  // of sessions whose agents remember
  std::map<DeviceId, std::size_t> waiting_;
  std::size_t waiting_in_all_ = 0;
  std::set<DeviceId> unforgotten_;                              // removed, and refused by the store
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the store still has of us
};

}  // namespace earshot::gateway
