// Documents of agents, in SQLite: an FTS5 index of their words (index_words.h, word_index.h).
//
// Passages with keys and others are told apart by the number in front of their words: twice the agent's, and one more.
#pragma once

#include <optional>

#include "gateway/store/lore_store.h"
#include "gateway/store/sqlite/database.h"
#include "gateway/store/sqlite/word_index.h"

namespace earshot::store::sqlite {

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
  void best(std::int64_t agent, bool keyed, const RowSpan& span, std::string_view question, std::size_t limit,
            std::vector<FoundPassage>& found);

  Database& database_;
};

}  // namespace earshot::store::sqlite
