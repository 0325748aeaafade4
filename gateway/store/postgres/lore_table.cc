#include "gateway/store/postgres/lore_table.h"

#include <algorithm>
#include <limits>

#include "gateway/store/index_words.h"
#include "gateway/store/lore_choice.h"
#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

constexpr std::size_t kPassagesAtOnce = 500;

// As of turns: memory_table.cc.
constexpr const char kBestPassages[] =
    "WITH asked AS MATERIALIZED (SELECT stem FROM unnest(earshot_stems(?)) AS stem), "
    "hits AS MATERIALIZED (SELECT a.stem, i.passage, i.length FROM asked a CROSS JOIN LATERAL "
    "(SELECT x.passage, x.length::float8 FROM lore_index x JOIN lore_passages p ON p.seq = x.passage "
    "JOIN lore_documents d ON d.number = p.document AND d.state = 1 "
    "AND d.agent = ? WHERE x.stems @> ARRAY[a.stem] COLLATE \"C\" LIMIT 1000) i), "
    "rare AS MATERIALIZED (SELECT stem, ln(1 + (greatest(?::float8 - count(*), 0) + 0.5::float8) "
    "/ (count(*) + 0.5::float8)) AS weight FROM hits GROUP BY stem), "
    "mean AS MATERIALIZED (SELECT greatest(avg(length), 1) AS length FROM hits) "
    "SELECT d.title, p.keys, p.text FROM hits h JOIN rare r ON r.stem = h.stem CROSS JOIN mean m "
    "JOIN lore_passages p ON p.seq = h.passage JOIN lore_documents d ON d.number = p.document AND d.state = "
    "1 "
    "GROUP BY p.seq, d.title, p.keys, p.text "
    "ORDER BY sum(r.weight / (1 + 1.2::float8 * (0.25::float8 + 0.75::float8 * h.length / m.length))) DESC, "
    "p.seq LIMIT ?";

std::int64_t lore_owner(std::int64_t agent, bool keyed) {
  return agent * 2 + (keyed ? 1 : 0);
}

}  // namespace

LoreUse LoreTable::use(std::string_view agent) {
  LoreUse use;
  Rows own = database_.query(
      "SELECT count(*), coalesce(sum(d.size_bytes), 0)::bigint FROM lore_documents d JOIN lore_agents a "
      "ON a.number = d.agent WHERE earshot_key(a.name) = earshot_key(?) AND d.state IN (0, 1)",
      agent);
  if (own.next()) own.into(use.documents, use.bytes);
  Rows all = database_.query(
      "SELECT coalesce(sum(size_bytes), 0)::bigint FROM lore_documents WHERE state IN (0, 1)");
  if (all.next()) all.into(use.all_bytes);
  return use;
}

std::uint64_t LoreTable::begin(const LoreDocument& document) {
  database_.run("INSERT INTO lore_agents (name) VALUES (?) ON CONFLICT (earshot_key(name)) DO NOTHING",
                document.agent);
  Rows made = database_.query(
      "INSERT INTO lore_documents (agent, title, size_bytes, passages, added, state) VALUES (?,?,?,0,?,?) "
      "RETURNING number",
      *number_of(document.agent), document.title, document.size_bytes, document.added, LoreState::kBegun);
  made.next();
  return static_cast<std::uint64_t>(made.integer(0));
}

void LoreTable::add(std::uint64_t document, const std::vector<LorePassage>& passages) {
  Rows row = database_.query(
      "UPDATE lore_documents SET passages = passages + ? WHERE number = ? AND state = ? RETURNING agent",
      passages.size(), document, LoreState::kBegun);
  if (!row.next()) throw StoreError(ErrorCode::kNotFound, "the document is not there any more");
  const std::int64_t agent = row.integer(0);
  for (const LorePassage& passage : passages) {
    Rows added =
        database_.query("INSERT INTO lore_passages (document, keys, text) VALUES (?,?,?) RETURNING seq",
                        document, key_lines(passage.keys), passage.text);
    added.next();
    index(added.integer(0), agent, passage);
  }
}

bool LoreTable::finish(std::uint64_t document) {
  const bool there = database_.run("UPDATE lore_documents SET state = ? WHERE number = ? AND state = ?",
                                   LoreState::kReady, document, LoreState::kBegun) > 0;
  if (there) {
    database_.run(
        "UPDATE lore_documents old SET state = ? FROM lore_documents mine WHERE mine.number = ? "
        "AND old.agent = mine.agent AND old.title = mine.title AND old.number <> mine.number AND old.state = "
        "?",
        LoreState::kGone, document, LoreState::kReady);
  }
  return there;
}

void LoreTable::give_up(std::uint64_t document) {
  database_.run("UPDATE lore_documents SET state = ? WHERE number = ? AND state = ?", LoreState::kGone,
                document, LoreState::kBegun);
}

std::vector<LoreDocument> LoreTable::list(std::string_view agent) {
  std::vector<LoreDocument> all;
  Rows rows = database_.query(
      "SELECT d.number, a.name, d.title, d.size_bytes, d.passages, d.added FROM lore_documents d "
      "JOIN lore_agents a ON a.number = d.agent WHERE d.state = ? AND (?::text = '' OR a.name = ?) "
      "ORDER BY a.name COLLATE \"C\", d.title COLLATE \"C\", d.number",
      LoreState::kReady, agent, agent);
  while (rows.next()) {
    LoreDocument& one = all.emplace_back();
    rows.into(one.id, one.agent, one.title, one.size_bytes, one.passages, one.added);
  }
  return all;
}

bool LoreTable::remove(std::string_view agent, std::string_view title) {
  return database_.run(
             "UPDATE lore_documents SET state = ? WHERE title = ? AND state = ? AND agent = "
             "(SELECT number FROM lore_agents WHERE earshot_key(name) = earshot_key(?))",
             LoreState::kGone, title, LoreState::kReady, agent) > 0;
}

bool LoreTable::sweep(WallTime time, std::size_t limit) {
  Rows row = database_.query(
      "SELECT number FROM lore_documents WHERE state = ? OR (state = ? AND added < ?) LIMIT 1",
      LoreState::kGone, LoreState::kBegun, time);
  if (!row.next()) return false;
  const std::int64_t document = row.integer(0);
  const std::size_t removed = database_.run(
      "WITH gone AS (DELETE FROM lore_passages WHERE seq IN (SELECT seq FROM lore_passages WHERE document = "
      "? "
      "LIMIT ?) RETURNING seq) DELETE FROM lore_index USING gone WHERE passage = gone.seq",
      document, limit);
  if (removed < limit) database_.run("DELETE FROM lore_documents WHERE number = ?", document);
  return true;
}

std::vector<FoundPassage> LoreTable::find(std::string_view agent, std::string_view question,
                                          std::size_t limit) {
  std::vector<FoundPassage> found;
  const auto number = number_of(agent);
  if (!number || limit == 0) return found;
  for (const bool keyed : {true, false}) best(lore_owner(*number, keyed), *number, question, limit, found);
  return found;
}

void LoreTable::index_all() {
  struct Unindexed {
    std::int64_t seq = 0;
    std::int64_t agent = 0;
    std::string keys{};
    std::string text{};
  };
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  while (true) {
    std::vector<Unindexed> passages;
    Rows rows = database_.query(
        "SELECT p.seq, d.agent, p.keys, p.text FROM lore_passages p JOIN lore_documents d ON d.number = "
        "p.document WHERE p.seq > ? AND NOT EXISTS (SELECT 1 FROM lore_index i WHERE i.passage = p.seq) "
        "ORDER BY p.seq LIMIT ?",
        last, kPassagesAtOnce);
    while (rows.next()) {
      Unindexed& one = passages.emplace_back();
      rows.into(one.seq, one.agent, one.keys, one.text);
    }
    if (passages.empty()) return;
    for (const Unindexed& one : passages)
      index(one.seq, one.agent, {.keys = keys_of(one.keys), .text = one.text});
    last = passages.back().seq;
  }
}

std::optional<std::int64_t> LoreTable::number_of(std::string_view agent) {
  Rows row =
      database_.query("SELECT number FROM lore_agents WHERE earshot_key(name) = earshot_key(?)", agent);
  if (!row.next()) return std::nullopt;
  return row.integer(0);
}

void LoreTable::index(std::int64_t passage, std::int64_t agent, const LorePassage& text) {
  const bool keyed = !text.keys.empty();
  const std::string words = index_words(lore_owner(agent, keyed), keyed ? key_lines(text.keys) : text.text);
  const auto length = words.empty() ? 0 : 1 + std::ranges::count(words, ' ');
  database_.run("INSERT INTO lore_index (passage, length, stems) VALUES (?,?,earshot_stems(?))", passage,
                length, words);
}

void LoreTable::best(std::int64_t owner, std::int64_t agent, std::string_view question, std::size_t limit,
                     std::vector<FoundPassage>& found) {
  const std::string words = question_words(owner, question);
  if (words.empty()) return;
  Rows count =
      database_.query("SELECT coalesce(sum(passages), 0)::bigint FROM lore_documents WHERE agent = ?", agent);
  count.next();
  Rows rows = database_.query(kBestPassages, words, agent, count.integer(0), limit);
  while (rows.next()) {
    FoundPassage& one = found.emplace_back();
    std::string keys;
    rows.into(one.title, keys, one.passage.text);
    one.passage.keys = keys_of(keys);
  }
}

}  // namespace earshot::store::postgres
