// What is remembered of a device's users: the diary of what was said, facts, summaries, and the notebook.
// docs/memory.md tells what it is for.
//
// A part of Store (store.h), with its rules of threads and errors. A store that does not have it gives nullptr:
// nothing is remembered then. tests/unit/gateway/store/memory_contract.h is the suite that each must pass.
// Each agent has a memory of its own of each device: what one was told, no other one finds. `device` and `agent`
// together are the owner of a memory. Texts are UTF-8, cut to their limits before they come here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/records.h"

namespace earshot::store {

struct MemoryOwner {
  DeviceId device;
  std::string agent{};
  bool operator==(const MemoryOwner&) const = default;
};

struct MemoryTurn {
  WallTime at{};
  std::string agent{};  // told by the store
  std::string words{};
  std::string reply{};  // what was heard of it
  bool operator==(const MemoryTurn&) const = default;
};

struct MemoryFact {
  std::uint64_t id = 0;  // given by the store; never given twice
  std::string agent{};   // told by the store
  WallTime learnt{};
  std::string text{};
  bool operator==(const MemoryFact&) const = default;
};

struct MemorySummary {
  std::string session{};
  std::string agent{};  // told by the store
  WallTime at{};
  std::string text{};
  bool operator==(const MemorySummary&) const = default;
};

struct MemoryRange {
  WallTime from{};
  WallTime until{};  // not in it
};

// What a question wants: turns of these times, those that have most in common with its words first.
struct MemoryQuery {
  std::string words{};
  std::vector<MemoryRange> ranges{};  // empty: of all times
  std::size_t limit = 8;
};

struct MemoryChange {
  std::vector<std::string> learnt{};
  std::vector<std::uint64_t> forgotten{};
  bool everything = false;  // first: all facts and summaries of the owner; its turns: forget_turns()
};

struct DeviceMemory {
  std::vector<MemoryFact> facts{};         // oldest first
  std::vector<MemorySummary> summaries{};  // oldest first
  std::vector<MemoryTurn> turns{};         // newest first
  std::uint64_t turns_in_all = 0;
};

class MemoryRepository {
 public:
  static constexpr std::size_t kMaxFacts = 64;     // of an owner; the oldest go
  static constexpr std::size_t kMaxSummaries = 8;  // of an owner; the oldest go

  virtual ~MemoryRepository() = default;

  // The oldest turns of the owner beyond `keep` go.
  virtual void add(const MemoryOwner& owner, const MemoryTurn& turn, std::size_t keep) = 0;
  // Oldest first, at most `limit`. With ranges: the best by their words, then others of these times, evenly over
  // them; where those times hold nothing, as without ranges. Without: only what shares words with the question.
  virtual std::vector<MemoryTurn> find(const MemoryOwner& owner, const MemoryQuery& query) = 0;

  virtual std::vector<MemoryFact> facts(const MemoryOwner& owner) = 0;
  // A fact that is known already, in any case of its letters, is only dated anew.
  virtual void change(const MemoryOwner& owner, const MemoryChange& change, WallTime now) = 0;
  // RETURNS: false: the device has no such fact.
  virtual bool put_fact(const DeviceId& device, std::uint64_t id, std::string_view text, WallTime now) = 0;
  virtual bool remove_fact(const DeviceId& device, std::uint64_t id) = 0;
  virtual std::vector<MemorySummary> summaries(const MemoryOwner& owner) = 0;
  virtual void put_summary(const MemoryOwner& owner, const MemorySummary& summary) = 0;  // of its session

  // Of all agents; `turns` at most, older than `before` (all: nullopt).
  virtual DeviceMemory all(const DeviceId& device, std::size_t turns, std::optional<WallTime> before) = 0;
  // Forgets the device: facts, summaries and notebook at once, then at most `limit` turns.
  // RETURNS: how many of those: ask again until it is none.
  virtual std::size_t forget(const DeviceId& device, std::size_t limit) = 0;
  // At most `limit` turns of the owner.
  // RETURNS: how many: ask again until it is none.
  virtual std::size_t forget_turns(const MemoryOwner& owner, std::size_t limit) = 0;
  virtual std::size_t remove_before(WallTime time, std::size_t limit) = 0;  // RETURNS: how many turns

  // What the device's notebook holds, as whoever keeps it writes it; empty removes it. Where gateways share a
  // database each notebook is of one of them, who alone rings; what another says of it changes nothing.
  virtual void put_notebook(const DeviceId& device, std::string_view text) = 0;
  // The device talks here: its notebook is this gateway's from now on.
  // RETURNS: it; empty: there is none.
  virtual std::string take_notebook(const DeviceId& device) = 0;
  // This gateway's; those of nobody become so. It may write.
  virtual std::vector<std::pair<DeviceId, std::string>> notebooks() = 0;
};

}  // namespace earshot::store
