// Brings what all shards tell to the control plane's executor.
//
// Runs on: the observer's methods on the shards' threads; listen() and the handlers on `executor`.
// Lifecycle: made before the shards, destroyed after they have stopped. What comes before listen() is lost.
// Bounded: kMaxPendingTurns turns, kMaxPending other reports of devices' messages wait; more are dropped and
// counted. Ends and beginnings of sessions are never dropped: the
// shard bounds them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "gateway/live/shard/shard_observer.h"

namespace earshot::gateway {

class ShardReports final : public ShardObserver {
 public:
  static constexpr std::size_t kMaxPending = 8192;
  static constexpr std::size_t kMaxPendingTurns = 256;  // each may hold 200 KiB of audio

  struct Handlers {
    std::function<void(const DeviceId&, const DeviceFeatures&)> on_hello = {};
    std::function<void(const DeviceId&, const SessionId&, const std::string& worker)> on_session_opened = {};
    std::function<void(const DeviceId&, const SessionId&, const std::string& worker)> on_session_moved = {};
    std::function<void(const DeviceId&, const SessionId&, const std::string& reason)> on_session_closed = {};
    std::function<void(const auth::ClientId&, AdmissionVerdict)> on_refused = {};
    std::function<void(const DeviceId&, const SessionId&)> on_speak_ready = {};
    std::function<void(const TurnNews&)> on_turn_ended = {};
    std::function<void(const SayNews&)> on_say_ended = {};
    std::function<void(const DeviceId&, const NotebookNews&)> on_notebook = {};
    std::function<void(const DeviceId&, const SessionId&, const ipc::MemoryUp&)> on_memory = {};
    std::function<void(const AgentsNews&)> on_agents_taken = {};
  };

  explicit ShardReports(Executor executor);
  void listen(Handlers handlers);

  void device_hello(const DeviceId& device, const DeviceFeatures& features) override;
  void session_opened(const DeviceId& device, const SessionId& session, std::string_view worker) override;
  void session_moved(const DeviceId& device, const SessionId& session, std::string_view worker) override;
  void session_closed(const DeviceId& device, const SessionId& session, std::string_view reason) override;
  void device_refused(const auth::ClientId& client, AdmissionVerdict why) override;
  void speak_ready(const DeviceId& device, const SessionId& session) override;
  void turn_ended(TurnNews turn) override;
  void say_ended(SayNews say) override;
  void notebook(const DeviceId& device, NotebookNews notebook) override;
  void memory(const DeviceId& device, const SessionId& session, ipc::MemoryUp wanted) override;
  void agents_taken(AgentsNews agents) override;

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  template <class Report>
  void post(Report report);
  template <class Report>
  void post_bounded(std::atomic<std::size_t>& pending, std::size_t limit, Report report);
  template <class Report>
  void post_bounded(Report report) {
    post_bounded(pending_, kMaxPending, std::move(report));
  }

  Executor executor_;
  std::shared_ptr<Handlers> handlers_ = std::make_shared<Handlers>();
  std::atomic<std::size_t> pending_{0};
  std::atomic<std::size_t> pending_turns_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace earshot::gateway
