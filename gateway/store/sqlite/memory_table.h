// What is remembered, in SQLite: the turns, and an FTS5 index of their words (index_words.h, word_index.h).
#pragma once

#include <utility>

#include "gateway/store/memory_store.h"
#include "gateway/store/sqlite/database.h"
#include "gateway/store/sqlite/word_index.h"

namespace earshot::store::sqlite {

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
  std::optional<std::int64_t> number_of(const MemoryOwner& owner);
  std::int64_t make_number(const MemoryOwner& owner);
  MemoryTurn turn(std::int64_t seq);
  std::vector<std::int64_t> turns_in(std::int64_t owner, const MemoryRange& range);
  RowSpan span_of(std::int64_t owner, const MemoryRange& range, const std::vector<std::int64_t>& turns);
  void matches(std::int64_t owner, const std::vector<std::string>& words, const MemoryRange& range,
               const RowSpan& span, std::size_t limit, std::vector<std::int64_t>& found);
  void remove_turns(const std::vector<std::int64_t>& turns);

  Database& database_;
};

}  // namespace earshot::store::sqlite
