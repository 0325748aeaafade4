// Documents of agents, in PostgreSQL: a GIN index of the stems of their words, ranked as turns are (memory_table.h).
//
// Passages with keys and others are told apart by the number in front of their words: twice the agent's, and one more.
#pragma once

#include <optional>

#include "gateway/store/lore_store.h"
#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class LoreTable final : public LoreRepository {
 public:
  explicit LoreTable(Database& database) : database_(database) {}

  LoreUse use(std::string_view agent) override;
  std::uint64_t begin(const LoreDocument& document) override;
  void add(std::uint64_t document, const std::vector<LorePassage>& passages) override;
  bool finish(std::uint64_t document) override;
  void give_up(std::uint64_t document) override;
  std::vector<LoreDocument> list(std::string_view agent) override;
  bool remove(std::string_view agent, std::string_view title) override;
  bool sweep(WallTime time, std::size_t limit) override;
  std::vector<FoundPassage> find(std::string_view agent, std::string_view question,
                                 std::size_t limit) override;

  // Makes the index of all passages, where there is none yet: after a copy.
  void index_all();

 private:
  std::optional<std::int64_t> number_of(std::string_view agent);
  void index(std::int64_t passage, std::int64_t agent, const LorePassage& text);
  void best(std::int64_t owner, std::int64_t agent, std::string_view question, std::size_t limit,
            std::vector<FoundPassage>& found);

  Database& database_;
};

}  // namespace earshot::store::postgres
