// A conversation's way to what is remembered: keeps its turns, asks for what was said before, and knows the facts.
// The same question looks into the agent's documents (docs/lore.md), whether it remembers or not.
// The gateway has the memory (docs/memory.md); this is one session's part of it. Pure: times are given.
//
// Runs on: the conversation's executor.
// Lifecycle: made -> open() -> ask(), settled(), text(), keep() ... Off and without documents, or with a gateway that
// keeps nothing, each does nothing.
// A turn waits for an answer at most kPatience, and goes on without it then: an answer that is late is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "ipc.pb.h"
#include "worker/memory/fact_book.h"
#include "worker/memory/lore_rules.h"
#include "worker/memory/lore_text.h"
#include "worker/memory/memory_level.h"
#include "worker/memory/memory_text.h"
#include "worker/memory/time_words.h"

namespace earshot::worker {

class Recollection {
 public:
  static constexpr Milliseconds kPatience{150};  // more would be heard as a pause

  // `send` carries it to the gateway; `offset` is the user's time zone.
  Recollection(MemoryLevel level, std::string agent, ZoneOffset offset,
               std::function<void(ipc::MemoryUp)> send, LoreRules lore = {});

  void open();
  // What could help with these words. The same words again are not asked again.
  void ask(const std::string& words, std::int64_t wall_ms, SteadyTime now);
  // RETURNS: true: what was known is forgotten, by somebody who is not in this conversation.
  bool take(const ipc::MemoryDown& down);
  bool settled(SteadyTime now) const { return !waiting_ || now >= give_up_; }
  // For the words that were asked last; empty: nothing that could help.
  std::string text(std::int64_t wall_ms) const;
  // RETURNS: whether the user asked in this conversation, since this was last called, to be forgotten.
  bool take_forgotten() { return facts_.take_forgotten(); }
  // A turn that has ended.
  void keep(std::int64_t at_ms, const std::string& words, const std::string& reply);

  bool on() const { return level_ != MemoryLevel::kOff; }
  bool asks() const { return on() || lore_.depth > 0; }
  bool learns() const { return level_ == MemoryLevel::kFull; }
  FactBook* facts() { return learns() ? &facts_ : nullptr; }

 private:
  ipc::MemoryUp message() const;
  void tell(const FactChange& change);

  MemoryLevel level_;
  std::string agent_;
  ZoneOffset offset_;
  std::function<void(ipc::MemoryUp)> send_;
  FactBook facts_;
  std::vector<SaidBefore> summaries_;
  std::uint64_t last_id_ = 0;
  bool waiting_ = false;
  SteadyTime give_up_{};
  std::string words_;
  std::vector<TimeRange> ranges_;
  std::vector<SaidBefore> found_;
  LoreRules lore_;
  std::vector<Passage> passages_;
};

}  // namespace earshot::worker
