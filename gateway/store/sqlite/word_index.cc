#include "gateway/store/sqlite/word_index.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

constexpr std::size_t kWeighed = 4;  // times as many as are wanted: length moves them that far

struct Candidate {
  std::int64_t row = 0;
  double weight = 0;
  double words = 0;
};

double rarity(double rows, double having) {
  return std::log(1 + (std::max(rows - having, 0.0) + 0.5) / (having + 0.5));
}

}  // namespace

std::vector<std::int64_t> best_rows(Database& database, Sql postings, const std::vector<std::string>& words,
                                    const RowSpan& span, std::size_t limit,
                                    const std::function<std::optional<std::size_t>(std::int64_t)>& words_of,
                                    std::size_t most_hits) {
  std::unordered_map<std::int64_t, double> weights;
  std::vector<std::int64_t> hits;
  for (const std::string& word : words) {
    hits.clear();
    {
      Query rows = database.query(postings, '"' + word + '"', span.first, span.last, most_hits);
      while (rows.next()) hits.push_back(rows.integer(0));
    }
    auto having = static_cast<double>(hits.size());
    if (hits.size() == most_hits) {
      const auto looked_at = static_cast<double>(std::max<std::int64_t>(hits.front() - hits.back(), 1));
      having *= std::max(1.0, span.length / looked_at);
    }
    const double weight = rarity(span.rows, having);
    for (const std::int64_t row : hits) weights[row] += weight;
  }
  std::vector<Candidate> best;
  for (const auto& [row, weight] : weights) best.push_back({.row = row, .weight = weight});
  const auto by_weight = [](const Candidate& left, const Candidate& right) {
    return left.weight != right.weight ? left.weight > right.weight : left.row > right.row;
  };
  std::ranges::sort(best, by_weight);
  std::vector<Candidate> weighed;
  double all_words = 0;
  for (Candidate& one : best) {
    if (weighed.size() == limit * kWeighed) break;
    const auto count = words_of(one.row);
    if (!count) continue;
    one.words = static_cast<double>(*count);
    all_words += one.words;
    weighed.push_back(one);
  }
  const double mean = std::max(1.0, all_words / std::max<double>(1, static_cast<double>(weighed.size())));
  for (Candidate& one : weighed) one.weight /= 1 + 1.2 * (0.25 + 0.75 * one.words / mean);
  std::ranges::sort(weighed, by_weight);
  std::vector<std::int64_t> rows;
  for (const Candidate& one : weighed) {
    if (rows.size() == limit) break;
    rows.push_back(one.row);
  }
  return rows;
}

}  // namespace earshot::store::sqlite
