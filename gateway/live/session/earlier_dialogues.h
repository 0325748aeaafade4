// What was said in sessions that have ended, so that the next session of the same device goes on with it: the last
// checkpoint of each, unread. Pure.
//
// Runs on: the shard's thread.
// Owns: one checkpoint a device (Continuity::kMaxCheckpointBytes), as many as Limits has room for; beyond, the oldest go.
// Nothing is older than `within`, which its user hands in with each call: it is a setting that may change.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace earshot::gateway {

class EarlierDialogues {
 public:
  struct Limits {
    std::size_t dialogues = 10'000;        // as many devices as a shard has sessions
    std::size_t bytes = 64 * 1024 * 1024;  // of all: some 12 kB each (a dialogue of 3,000 tokens), with room
  };
  struct Dialogue {
    DeviceId device;
    std::string agent;  // who answered; empty: the usual one
    std::string checkpoint;
    SteadyTime ended{};
  };

  EarlierDialogues() : EarlierDialogues(Limits{}) {}
  explicit EarlierDialogues(Limits limits) : limits_(limits) {}

  // In place of the device's one before. An empty checkpoint, or one beyond all room, only forgets that.
  // REQUIRES: nothing that is kept has ended later.
  // RETURNS: whose had to go to make room.
  std::vector<DeviceId> keep(Dialogue dialogue);
  // The device's, which is kept no longer. Of another agent: it is forgotten.
  // RETURNS: nullopt: there is none.
  std::optional<Dialogue> take(const DeviceId& device, const std::string& agent, Milliseconds within,
                               SteadyTime now);
  // nullptr: there is none. Valid until the next call.
  const Dialogue* find(const DeviceId& device) const;
  // RETURNS: whether there was one.
  bool forget(const DeviceId& device);
  // Forgets what is too old.
  // RETURNS: whose it was.
  std::vector<DeviceId> expire(Milliseconds within, SteadyTime now);
  std::optional<SteadyTime> next_deadline(Milliseconds within) const;

  std::size_t size() const { return all_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  using All = std::list<Dialogue>;
  Dialogue extract(All::iterator one);

  Limits limits_;
  All all_;  // by their ends
  std::unordered_map<DeviceId, All::iterator> by_device_;
  std::size_t bytes_ = 0;
};

}  // namespace earshot::gateway
