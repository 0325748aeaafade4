// Which worker has which session of this shard: accepts the workers' links, places new sessions
// (placement.h), carries Envelopes to and from the worker that has the session, and tells when one is lost.
//
// Runs on: the shard's executor, all methods and all handlers.
// Owns: the links, the pool, the placements, one timer.
// Borrows: config and counters, for its life.
// Lifecycle: made -> start() -> close(); no handler is called before or after.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/live/workers/agent_parts.h"
#include "gateway/live/workers/link_keys.h"
#include "gateway/live/workers/placement.h"
#include "gateway/live/workers/worker_link.h"

namespace earshot::gateway {

class WorkerAssignment {
 public:
  // A worker process that dials again and again must not eat all descriptors; a pool is far smaller.
  static constexpr std::size_t kMaxLinks = 256;

  // A handler may call close_session() or move_session() for its own session, nothing else of this object.
  struct Handlers {
    std::function<void(Ssrc, const std::string& worker, WorkerLeg)> on_placed;
    std::function<void(Ssrc)> on_given_up;  // no worker took it in time
    // The worker that had it is gone, or one that was asked to go on with it.
    std::function<void(Ssrc)> on_lost;
    // So much of the session waits for its worker that it has missed something: it must end. From flush().
    std::function<void(Ssrc)> on_overflow = {};
    // Valid during the call only; never SessionOpened or SessionRefused.
    std::function<void(Ssrc, const ipc::Envelope&)> on_envelope;
    std::function<void(const ipc::AudioDownView&)> on_audio;  // the same, for each audio frame
    // A TurnReport or SaySpoken; its session may be over.
    std::function<void(const ipc::Envelope&)> on_report = {};
    std::function<void(const std::string& worker, const ipc::AgentsAccepted&)> on_agents = {};
  };
  // A service that the worker's conversations need, and that does not answer or did not lately.
  struct Trouble {
    std::string stage = {};
    std::string provider = {};
    ipc::ProviderTrouble::State state = ipc::ProviderTrouble::FAILS;
    std::string why = {};
    Milliseconds failed_ago{};
  };
  struct WorkerView {
    std::string id;
    std::string version = {};
    std::uint32_t capacity = 0;
    std::uint32_t sessions = 0;  // of this shard
    std::uint32_t busy_permille = 0;
    bool draining = false;
    std::vector<Trouble> troubles = {};  // at most kMaxTroubles
  };
  static constexpr int kMaxTroubles = 64;

  WorkerAssignment(Executor executor, PlacementLimits limits, const WorkerLinkConfig& config,
                   WorkerCounters& counters);
  ~WorkerAssignment();
  WorkerAssignment(const WorkerAssignment&) = delete;
  WorkerAssignment& operator=(const WorkerAssignment&) = delete;

  void start(Handlers handlers);
  // A worker has dialled.
  void add_link(ipc::Connection connection);
  // Finds a worker; on_placed or on_given_up follows, never from inside this call.
  // REQUIRES: a new ssrc.
  void open_session(Ssrc ssrc, const ipc::SessionOpen& open, SteadyTime now);
  // Finds a worker to go on with what another gateway began: with the patience of a move, while workers start.
  // REQUIRES: a new ssrc.
  void take_up_session(Ssrc ssrc, const ipc::SessionOpen& open, SteadyTime now);
  // Finds another worker to go on with it; the one that has it, if any, is told. on_placed or on_given_up
  // follows, never from inside this call.
  // REQUIRES: it was opened.
  void move_session(Ssrc ssrc, const ipc::SessionOpen& open, std::string_view reason, SteadyTime now);
  // Whether another worker than its own would take it, by all that is known.
  bool may_move(Ssrc ssrc);
  // The worker is told, if one has it or is being asked. Unknown ones are ignored.
  void close_session(Ssrc ssrc, std::string_view reason);
  // To the worker that has it; empty: none has.
  WorkerLeg leg(Ssrc ssrc);
  // No new sessions for it, on any of its links.
  // RETURNS: false: no such worker.
  bool drain(std::string_view worker);
  // Ends the links of workers whose certificates are not taken any more: they are revoked, or all of them when the
  // authority is another one than the last time.
  void cut(const LinkKeys& keys);
  // To every worker that is linked or will be.
  void set_agents(AgentParts parts);
  // The end of a round, with WorkerLinkConfig::write_in_rounds: one write a link.
  void flush();
  void close();

  std::vector<WorkerView> workers() const;

 private:
  struct Entry {
    Placement placement;
    std::unique_ptr<ipc::SessionOpen> open;  // until the session is placed
    bool moves = false;                      // a worker had it before
  };

  static std::vector<Trouble> troubles_of(const ipc::WorkerLoad& load);
  Entry& entry_of(Ssrc ssrc);
  WorkerLink* link_of(Ssrc ssrc);
  void on_up(WorkerLink& link);
  void send_agents(WorkerLink& link);
  void end_overflown();
  void on_session(WorkerLink& link, Ssrc ssrc, const ipc::Envelope& envelope);
  void on_lost(WorkerLink& link);
  void execute(Ssrc ssrc, Entry& entry, Placement::Step step);
  void arm_timer();
  void on_timer();

  asio::steady_timer timer_;
  PlacementLimits limits_;
  const WorkerLinkConfig& config_;
  WorkerCounters& counters_;
  Handlers handlers_;
  WorkerPool pool_;
  std::map<WorkerKey, std::shared_ptr<WorkerLink>> links_;
  AgentParts agents_;
  std::string authority_;  // of the workers with a certificate; empty: not known yet
  SsrcMap<std::unique_ptr<Entry>> sessions_;
  std::map<Ssrc, SteadyTime> placing_;  // deadlines of unsettled placements: few at a time
  std::optional<SteadyTime> armed_for_;
  std::uint32_t last_key_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // false once closed: late timers do nothing
};

}  // namespace earshot::gateway
