// The rows of an FTS5 index (index_words.h) that have most in common with a question, in bounded time.
//
// FTS5's own rank weighs every row that has one of the words: among 20,000 turns of everyday talk that takes 10 ms and
// more. Here each word is looked up for itself, newest rows first, `most_hits` at most. How rare a word is that has
// more is reckoned from how close together those stand. The best of them are weighed by BM25 (k1 1.2, b 0.75, which are FTS5's;
// a word counts once of a row), as in PostgreSQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

inline constexpr std::size_t kMostHits = 100;

struct RowSpan {
  std::int64_t first = 0;
  std::int64_t last = 0;  // in it
  double rows = 0;        // of the owner in it, about
  double length = 0;      // from its first row to its last, with those of others between them
};

// `postings`: the rows for one word in quotation marks within two numbers, newest first, at most so many.
// `words_of`: how many words a row has; nothing: it does not count (any more).
// RETURNS: at most `limit`, the best first.
std::vector<std::int64_t> best_rows(Database& database, Sql postings, const std::vector<std::string>& words,
                                    const RowSpan& span, std::size_t limit,
                                    const std::function<std::optional<std::size_t>(std::int64_t)>& words_of,
                                    std::size_t most_hits = kMostHits);

}  // namespace earshot::store::sqlite
