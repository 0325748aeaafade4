// What is remembered, in PostgreSQL: the turns, and a GIN index of the stems of their words (index_words.h).
//
// Turns are ranked by BM25 (k1 1.2, b 0.75, which are FTS5's) with three savings: a word counts once of a turn; a turn
// is long or short among those that share a word with the question; and how rare a word is counts among the turns of
// the owner and the times that are asked for, up to 1,000.
#pragma once

#include <utility>

#include "gateway/store/memory_store.h"
#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class MemoryTable final : public MemoryRepository {
 public:
  explicit MemoryTable(Database& database) : database_(database) {}

  void add(const MemoryOwner& owner, const MemoryTurn& turn, std::size_t keep) override;
  std::vector<MemoryTurn> find(const MemoryOwner& owner, const MemoryQuery& query) override;
  std::vector<MemoryFact> facts(const MemoryOwner& owner) override;
  void change(const MemoryOwner& owner, const MemoryChange& change, WallTime now) override;
  bool put_fact(const DeviceId& device, std::uint64_t id, std::string_view text, WallTime now) override;
  bool remove_fact(const DeviceId& device, std::uint64_t id) override;
  std::vector<MemorySummary> summaries(const MemoryOwner& owner) override;
  void put_summary(const MemoryOwner& owner, const MemorySummary& summary) override;
  DeviceMemory all(const DeviceId& device, std::size_t turns, std::optional<WallTime> before) override;
  std::size_t forget(const DeviceId& device, std::size_t limit) override;
  std::size_t forget_turns(const MemoryOwner& owner, std::size_t limit) override;
  std::size_t remove_before(WallTime time, std::size_t limit) override;
  void put_notebook(const DeviceId& device, std::string_view text) override;
  std::string take_notebook(const DeviceId& device) override;
  std::vector<std::pair<DeviceId, std::string>> notebooks() override;

  // Makes the index of all turns, where there is none yet: after a copy.
  void index_all();

 private:
  struct Owner {
    std::int64_t number = 0;
    std::int64_t turns = 0;
  };
  std::optional<Owner> find_owner(const MemoryOwner& owner);
  Owner count_turns(const MemoryOwner& owner, std::int64_t more);  // makes it where it is not there
  void index(std::int64_t turn, std::int64_t owner, WallTime at, std::string_view text);
  void matches(const Owner& owner, std::string_view words, const MemoryRange& range, std::size_t limit,
               std::vector<std::int64_t>& found);
  void spread(const Owner& owner, const MemoryRange& range, std::size_t limit,
              std::vector<std::int64_t>& found);
  void remove_turns(const std::vector<std::int64_t>& turns);

  Database& database_;
};

}  // namespace earshot::store::postgres
