// Which of the workers linked to a shard gets the next session. Pure: it is told everything it knows.
//
// The score of a worker is its filled share plus its busy share, both in permille; the lowest wins, equal
// ones take turns. A full or draining worker is never chosen; one that left a SessionOpen unanswered only
// when there is no other, until it says anything again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace earshot::gateway {

// One link of one worker to this shard; never used again after the link is lost.
enum class WorkerKey : std::uint32_t {};

class WorkerPool {
 public:
  // REQUIRES: capacity > 0.
  void add(WorkerKey worker, std::uint32_t capacity);
  void remove(WorkerKey worker);
  // What the worker reports: sessions of all gateways and shards.
  void set_load(WorkerKey worker, std::uint32_t sessions, std::uint32_t busy_permille);
  void set_draining(WorkerKey worker);
  void session_added(WorkerKey worker);
  void session_removed(WorkerKey worker);
  void set_silent(WorkerKey worker);  // it did not answer in time
  void heard(WorkerKey worker);

  // nullopt: none is free outside `exclude`.
  std::optional<WorkerKey> choose(std::span<const WorkerKey> exclude);

  // One that choose({worker}) would find, and that answers.
  bool has_room_beside(WorkerKey worker) const;

  std::size_t size() const { return workers_.size(); }

 private:
  struct Entry {
    std::uint32_t capacity = 0;
    std::uint32_t own_sessions = 0;  // opened or being opened through this shard
    std::uint32_t reported_sessions = 0;
    std::uint32_t busy_permille = 0;
    bool draining = false;
    bool silent = false;
    std::uint64_t last_chosen = 0;

    std::uint32_t sessions() const;
    std::uint64_t score() const;
  };

  std::map<WorkerKey, Entry> workers_;
  std::uint64_t choices_ = 0;
};

}  // namespace earshot::gateway
