#include "gateway/store/sqlite/lore_table.h"

#include <limits>
#include <unordered_map>
#include <utility>

#include "gateway/store/index_words.h"
#include "gateway/store/lore_choice.h"
#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

constexpr std::size_t kIndexedAtOnce = 500;
constexpr std::size_t kMostLoreHits =
    1000;  // the newest passage is no likelier than others: as in PostgreSQL

std::int64_t lore_owner(std::int64_t agent, bool keyed) {
  return agent * 2 + (keyed ? 1 : 0);
}

std::string lore_words(std::int64_t agent, const LorePassage& passage) {
  const bool keyed = !passage.keys.empty();
  return index_words(lore_owner(agent, keyed), keyed ? key_lines(passage.keys) : passage.text);
}

}  // namespace

LoreUse LoreTable::use(std::string_view agent) {
  LoreUse use;
  Query own = database_.query(
      "SELECT count(*), coalesce(sum(d.size_bytes), 0) FROM lore_documents d JOIN lore_agents a "
      "ON a.number = d.agent WHERE a.name = ? AND d.state IN (0, 1)",
      agent);
  if (own.next()) own.into(use.documents, use.bytes);
  Query all =
      database_.query("SELECT coalesce(sum(size_bytes), 0) FROM lore_documents WHERE state IN (0, 1)");
  if (all.next()) all.into(use.all_bytes);
  return use;
}

std::uint64_t LoreTable::begin(const LoreDocument& document) {
  database_.run("INSERT INTO lore_agents (name) VALUES (?) ON CONFLICT (name) DO NOTHING", document.agent);
  database_.run(
      "INSERT INTO lore_documents (agent, title, size_bytes, passages, added, state) VALUES (?,?,?,0,?,?)",
      *number_of(document.agent), document.title, document.size_bytes, document.added, LoreState::kBegun);
  Query made = database_.query("SELECT last_insert_rowid()");
  made.next();
  return static_cast<std::uint64_t>(made.integer(0));
}

void LoreTable::add(std::uint64_t document, const std::vector<LorePassage>& passages) {
  std::int64_t agent = 0;
  {
    Query row = database_.query("SELECT agent FROM lore_documents WHERE number = ? AND state = ?", document,
                                LoreState::kBegun);
    if (!row.next()) throw StoreError(ErrorCode::kNotFound, "the document is not there any more");
    agent = row.integer(0);
  }
  for (const LorePassage& passage : passages) {
    database_.run("INSERT INTO lore_passages (document, keys, text) VALUES (?,?,?)", document,
                  key_lines(passage.keys), passage.text);
    database_.run("INSERT INTO lore_index (rowid, words) VALUES (last_insert_rowid(), ?)",
                  lore_words(agent, passage));
  }
  database_.run("UPDATE lore_documents SET passages = passages + ? WHERE number = ?", passages.size(),
                document);
}

bool LoreTable::finish(std::uint64_t document) {
  const bool there = database_.run("UPDATE lore_documents SET state = ? WHERE number = ? AND state = ?",
                                   LoreState::kReady, document, LoreState::kBegun) > 0;
  if (there) {
    database_.run(
        "UPDATE lore_documents SET state = ?1 WHERE state = ?2 AND number <> ?3 AND (agent, title) = "
        "(SELECT agent, title FROM lore_documents WHERE number = ?3)",
        LoreState::kGone, LoreState::kReady, document);
  }
  return there;
}

void LoreTable::give_up(std::uint64_t document) {
  database_.run("UPDATE lore_documents SET state = ? WHERE number = ? AND state = ?", LoreState::kGone,
                document, LoreState::kBegun);
}

std::vector<LoreDocument> LoreTable::list(std::string_view agent) {
  std::vector<LoreDocument> all;
  Query rows = database_.query(
      "SELECT d.number, a.name, d.title, d.size_bytes, d.passages, d.added FROM lore_documents d "
      "JOIN lore_agents a ON a.number = d.agent WHERE d.state = ?1 AND (?2 = '' OR a.name = ?2) "
      "ORDER BY a.name, d.title, d.number",
      LoreState::kReady, agent);
  while (rows.next()) {
    LoreDocument& one = all.emplace_back();
    rows.into(one.id, one.agent, one.title, one.size_bytes, one.passages, one.added);
  }
  return all;
}

bool LoreTable::remove(std::string_view agent, std::string_view title) {
  return database_.run(
             "UPDATE lore_documents SET state = ? WHERE title = ? AND state = ? AND agent = "
             "(SELECT number FROM lore_agents WHERE name = ?)",
             LoreState::kGone, title, LoreState::kReady, agent) > 0;
}

bool LoreTable::sweep(WallTime time, std::size_t limit) {
  std::int64_t document = 0;
  {
    Query row = database_.query(
        "SELECT number FROM lore_documents WHERE state = ? OR (state = ? AND added < ?) LIMIT 1",
        LoreState::kGone, LoreState::kBegun, time);
    if (!row.next()) return false;
    document = row.integer(0);
  }
  std::vector<std::int64_t> passages;
  {
    Query rows = database_.query("SELECT seq FROM lore_passages WHERE document = ? LIMIT ?", document, limit);
    while (rows.next()) passages.push_back(rows.integer(0));
  }
  for (const std::int64_t passage : passages) {
    database_.run("DELETE FROM lore_index WHERE rowid = ?", passage);
    database_.run("DELETE FROM lore_passages WHERE seq = ?", passage);
  }
  if (passages.size() < limit) database_.run("DELETE FROM lore_documents WHERE number = ?", document);
  return true;
}

std::vector<FoundPassage> LoreTable::find(std::string_view agent, std::string_view question,
                                          std::size_t limit) {
  std::vector<FoundPassage> found;
  const auto number = number_of(agent);
  if (!number || limit == 0) return found;
  RowSpan span{.last = std::numeric_limits<std::int64_t>::max()};
  {
    Query row =
        database_.query("SELECT coalesce(sum(passages), 0) FROM lore_documents WHERE agent = ? AND state = ?",
                        *number, LoreState::kReady);
    if (row.next()) span.rows = static_cast<double>(row.integer(0));
  }
  span.length = span.rows;  // documents are written one behind the other
  for (const bool keyed : {true, false}) best(*number, keyed, span, question, limit, found);
  return found;
}

void LoreTable::index_all() {
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  while (true) {
    std::vector<std::int64_t> passages;
    {
      Query rows = database_.query(
          "SELECT seq FROM lore_passages p WHERE seq > ? AND NOT EXISTS "
          "(SELECT 1 FROM lore_index i WHERE i.rowid = p.seq) ORDER BY seq LIMIT ?",
          last, kIndexedAtOnce);
      while (rows.next()) passages.push_back(rows.integer(0));
    }
    if (passages.empty()) return;
    last = passages.back();
    for (const std::int64_t passage : passages) {
      std::int64_t agent = 0;
      std::string keys;
      LorePassage text;
      {
        Query row = database_.query(
            "SELECT coalesce((SELECT agent FROM lore_documents d WHERE d.number = p.document), 0), keys, "
            "text "
            "FROM lore_passages p WHERE seq = ?",
            passage);
        if (!row.next()) continue;
        row.into(agent, keys, text.text);
      }
      text.keys = keys_of(keys);
      index(passage, agent, text);
    }
  }
}

std::optional<std::int64_t> LoreTable::number_of(std::string_view agent) {
  Query row = database_.query("SELECT number FROM lore_agents WHERE name = ?", agent);
  if (!row.next()) return std::nullopt;
  return row.integer(0);
}

void LoreTable::index(std::int64_t passage, std::int64_t agent, const LorePassage& text) {
  database_.run("INSERT INTO lore_index (rowid, words) VALUES (?,?)", passage, lore_words(agent, text));
}

// Agent, state and keys are asked for as well: of the postings, so that what is not ready takes no room of the rest; and
// since the tokenizer of the index may see a word's mark within another's text.
void LoreTable::best(std::int64_t agent, bool keyed, const RowSpan& span, std::string_view question,
                     std::size_t limit, std::vector<FoundPassage>& found) {
  std::unordered_map<std::int64_t, FoundPassage> read;
  const auto words_of = [&](std::int64_t passage) -> std::optional<std::size_t> {
    Query row = database_.query(
        "SELECT d.title, p.keys, p.text FROM lore_passages p JOIN lore_documents d ON d.number = p.document "
        "WHERE p.seq = ? AND d.agent = ? AND d.state = ? AND (p.keys <> '') = ?",
        passage, agent, LoreState::kReady, keyed ? 1 : 0);
    if (!row.next()) return std::nullopt;
    FoundPassage& one = read[passage];
    std::string keys;
    row.into(one.title, keys, one.passage.text);
    one.passage.keys = keys_of(keys);
    return text_words(one.passage.keys.empty() ? one.passage.text : keys).size();
  };
  const auto rows =
      best_rows(database_,
                "SELECT rowid FROM lore_index WHERE lore_index MATCH ? AND rowid >= ? AND "
                "rowid <= ? AND EXISTS (SELECT 1 FROM lore_passages p JOIN lore_documents d "
                "ON d.number = p.document WHERE p.seq = lore_index.rowid AND d.state = 1) "
                "ORDER BY rowid DESC LIMIT ?",
                question_terms(lore_owner(agent, keyed), question), span, limit, words_of, kMostLoreHits);
  for (const std::int64_t row : rows) found.push_back(std::move(read[row]));
}

}  // namespace earshot::store::sqlite
