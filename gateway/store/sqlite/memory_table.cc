#include "gateway/store/sqlite/memory_table.h"

#include <algorithm>
#include <limits>

#include "gateway/store/index_words.h"
#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

// Of a span of time so many turns are looked at, to take some evenly from them.
constexpr std::size_t kSpreadOver = 2000;

const MemoryRange kAlways{.from = WallTime(Milliseconds(std::numeric_limits<std::int64_t>::min())),
                          .until = WallTime(Milliseconds(std::numeric_limits<std::int64_t>::max()))};

bool holds(const std::vector<std::int64_t>& all, std::int64_t one) {
  return std::ranges::find(all, one) != all.end();
}

// Evenly of those that are not found yet.
void take_spread(std::vector<std::int64_t> there, std::size_t limit, std::vector<std::int64_t>& found) {
  std::erase_if(there, [&](std::int64_t seq) { return holds(found, seq); });
  const std::size_t room = limit > found.size() ? limit - found.size() : 0;
  const std::size_t taken = std::min(room, there.size());
  for (std::size_t i = 0; i < taken; ++i) found.push_back(there[i * there.size() / taken]);
}

std::vector<MemoryFact> read_facts(Query rows) {
  std::vector<MemoryFact> facts;
  while (rows.next()) {
    MemoryFact& fact = facts.emplace_back();
    rows.into(fact.id, fact.agent, fact.learnt, fact.text);
  }
  return facts;
}

std::vector<MemorySummary> read_summaries(Query rows) {
  std::vector<MemorySummary> summaries;
  while (rows.next()) {
    MemorySummary& summary = summaries.emplace_back();
    rows.into(summary.session, summary.agent, summary.at, summary.text);
  }
  return summaries;
}

std::vector<std::int64_t> read_numbers(Query rows) {
  std::vector<std::int64_t> numbers;
  while (rows.next()) numbers.push_back(rows.integer(0));
  return numbers;
}

}  // namespace

void MemoryTable::add(const MemoryOwner& owner, const MemoryTurn& turn, std::size_t keep) {
  const std::int64_t number = make_number(owner);
  database_.run("INSERT INTO memory_turns (owner, at, words, reply) VALUES (?,?,?,?)", number, turn.at,
                turn.words, turn.reply);
  database_.run("INSERT INTO memory_index (rowid, words) VALUES (last_insert_rowid(), ?)",
                index_words(number, turn.words + '\n' + turn.reply));
  database_.run("UPDATE memory_owners SET turns = turns + 1 WHERE number = ?", number);
  remove_turns(
      read_numbers(database_.query("SELECT seq FROM memory_turns WHERE owner = ?1 ORDER BY at, seq "
                                   "LIMIT max(0, (SELECT turns FROM memory_owners WHERE number = ?1) - ?2)",
                                   number, keep)));
}

std::vector<MemoryTurn> MemoryTable::find(const MemoryOwner& owner, const MemoryQuery& query) {
  const auto number = number_of(owner);
  if (!number || query.limit == 0) return {};
  std::vector<std::int64_t> found;
  const std::vector<std::string> words = question_terms(*number, query.words);
  for (const MemoryRange& range : query.ranges) {
    const std::size_t share = std::max<std::size_t>(1, query.limit / query.ranges.size());
    const std::size_t most = std::min(query.limit, found.size() + share);
    const std::vector<std::int64_t> there = turns_in(*number, range);
    if (there.empty()) continue;
    matches(*number, words, range, span_of(*number, range, there), most, found);
    take_spread(there, most, found);
  }
  if (found.empty() && !words.empty())
    matches(*number, words, kAlways, span_of(*number, kAlways, {}), query.limit, found);
  std::vector<MemoryTurn> turns;
  for (const std::int64_t seq : found) turns.push_back(turn(seq));
  std::ranges::stable_sort(turns, {}, &MemoryTurn::at);
  return turns;
}

// Of a long span its first kSpreadOver, in order.
std::vector<std::int64_t> MemoryTable::turns_in(std::int64_t owner, const MemoryRange& range) {
  return read_numbers(database_.query(
      "SELECT seq FROM memory_turns WHERE owner = ? AND at >= ? AND at < ? ORDER BY at, seq LIMIT ?", owner,
      range.from, range.until, kSpreadOver));
}

// `turns`: turns_in() of the range. Of more than those the ends are taken: turns are told in about the order of their times.
RowSpan MemoryTable::span_of(std::int64_t owner, const MemoryRange& range,
                             const std::vector<std::int64_t>& turns) {
  if (!turns.empty() && turns.size() < kSpreadOver) {
    const auto [first, last] = std::ranges::minmax(turns);
    return {.first = first,
            .last = last,
            .rows = static_cast<double>(turns.size()),
            .length = static_cast<double>(last - first)};
  }
  RowSpan span;
  Query first = database_.query(
      "SELECT seq FROM memory_turns WHERE owner = ? AND at >= ? AND at < ? ORDER BY at, seq LIMIT 1", owner,
      range.from, range.until);
  if (first.next()) span.first = first.integer(0);
  Query last = database_.query(
      "SELECT seq FROM memory_turns WHERE owner = ? AND at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT "
      "1",
      owner, range.from, range.until);
  if (last.next()) span.last = last.integer(0);
  Query count = database_.query("SELECT turns FROM memory_owners WHERE number = ?", owner);
  if (count.next()) span.rows = static_cast<double>(count.integer(0));
  span.length = static_cast<double>(std::max<std::int64_t>(span.last - span.first, 1));
  if (range.from == kAlways.from) {
    span.first = 0;
    span.last = std::numeric_limits<std::int64_t>::max();
  }
  return span;
}

// The best first. The owner is asked for as well: the tokenizer of the index may see a word's mark within another's text.
void MemoryTable::matches(std::int64_t owner, const std::vector<std::string>& words, const MemoryRange& range,
                          const RowSpan& span, std::size_t limit, std::vector<std::int64_t>& found) {
  if (words.empty() || limit <= found.size()) return;
  const auto words_of = [&](std::int64_t seq) -> std::optional<std::size_t> {
    if (holds(found, seq)) return std::nullopt;
    Query row = database_.query(
        "SELECT words, reply FROM memory_turns WHERE seq = ? AND owner = ? AND at >= ? AND at < ?", seq,
        owner, range.from, range.until);
    if (!row.next()) return std::nullopt;
    return text_words(row.view(0)).size() + text_words(row.view(1)).size();
  };
  const auto best = best_rows(database_,
                              "SELECT rowid FROM memory_index WHERE memory_index MATCH ? AND rowid >= ? AND "
                              "rowid <= ? ORDER BY rowid DESC LIMIT ?",
                              words, span, limit - found.size(), words_of);
  found.insert(found.end(), best.begin(), best.end());
}

std::vector<MemoryFact> MemoryTable::facts(const MemoryOwner& owner) {
  const auto number = number_of(owner);
  if (!number) return {};
  return read_facts(database_.query(
      "SELECT f.id, o.agent, f.learnt, f.text FROM memory_facts f JOIN memory_owners o ON o.number = f.owner "
      "WHERE f.owner = ? ORDER BY f.learnt, f.id",
      *number));
}

void MemoryTable::change(const MemoryOwner& owner, const MemoryChange& change, WallTime now) {
  const std::int64_t number = make_number(owner);
  if (change.everything) {
    database_.run("DELETE FROM memory_facts WHERE owner = ?", number);
    database_.run("DELETE FROM memory_summaries WHERE owner = ?", number);
  }
  for (const std::uint64_t id : change.forgotten)
    database_.run("DELETE FROM memory_facts WHERE owner = ? AND id = ?", number,
                  static_cast<std::int64_t>(id));
  for (const std::string& text : change.learnt) {
    database_.run(
        "INSERT INTO memory_facts (owner, learnt, text) VALUES (?,?,?) "
        "ON CONFLICT (owner, text) DO UPDATE SET learnt = excluded.learnt",
        number, now, text);
  }
  database_.run(
      "DELETE FROM memory_facts WHERE id IN (SELECT id FROM memory_facts WHERE owner = ?1 "
      "ORDER BY learnt DESC, id DESC LIMIT -1 OFFSET ?2)",
      number, kMaxFacts);
}

bool MemoryTable::put_fact(const DeviceId& device, std::uint64_t id, std::string_view text, WallTime now) {
  return database_.run(
             "UPDATE OR REPLACE memory_facts SET text = ?, learnt = ? WHERE id = ? AND owner IN "
             "(SELECT number FROM memory_owners WHERE device = ?)",
             text, now, static_cast<std::int64_t>(id), device) > 0;
}

bool MemoryTable::remove_fact(const DeviceId& device, std::uint64_t id) {
  return database_.run(
             "DELETE FROM memory_facts WHERE id = ? AND owner IN "
             "(SELECT number FROM memory_owners WHERE device = ?)",
             static_cast<std::int64_t>(id), device) > 0;
}

std::vector<MemorySummary> MemoryTable::summaries(const MemoryOwner& owner) {
  const auto number = number_of(owner);
  if (!number) return {};
  return read_summaries(
      database_.query("SELECT s.session, o.agent, s.at, s.text FROM memory_summaries s JOIN memory_owners o "
                      "ON o.number = s.owner "
                      "WHERE s.owner = ? ORDER BY s.at, s.session",
                      *number));
}

void MemoryTable::put_summary(const MemoryOwner& owner, const MemorySummary& summary) {
  const std::int64_t number = make_number(owner);
  database_.run(
      "INSERT INTO memory_summaries (owner, session, at, text) VALUES (?,?,?,?) "
      "ON CONFLICT (owner, session) DO UPDATE SET at = excluded.at, text = excluded.text",
      number, summary.session, summary.at, summary.text);
  database_.run(
      "DELETE FROM memory_summaries WHERE owner = ?1 AND session IN (SELECT session FROM memory_summaries "
      "WHERE owner = ?1 ORDER BY at DESC LIMIT -1 OFFSET ?2)",
      number, kMaxSummaries);
}

DeviceMemory MemoryTable::all(const DeviceId& device, std::size_t turns, std::optional<WallTime> before) {
  DeviceMemory memory;
  memory.facts = read_facts(database_.query(
      "SELECT f.id, o.agent, f.learnt, f.text FROM memory_owners o JOIN memory_facts f ON f.owner = o.number "
      "WHERE o.device = ? ORDER BY f.learnt, f.id",
      device));
  memory.summaries =
      read_summaries(database_.query("SELECT s.session, o.agent, s.at, s.text FROM memory_owners o JOIN "
                                     "memory_summaries s ON s.owner = o.number "
                                     "WHERE o.device = ? ORDER BY s.at, s.session",
                                     device));
  Query rows = database_.query(
      "SELECT t.at, o.agent, t.words, t.reply FROM memory_owners o JOIN memory_turns t ON t.owner = o.number "
      "WHERE o.device = ? AND t.at < ? ORDER BY t.at DESC, t.seq DESC LIMIT ?",
      device, before.value_or(kAlways.until), turns);
  while (rows.next()) {
    MemoryTurn& one = memory.turns.emplace_back();
    rows.into(one.at, one.agent, one.words, one.reply);
  }
  Query count = database_.query("SELECT coalesce(sum(turns), 0) FROM memory_owners WHERE device = ?", device);
  if (count.next()) count.into(memory.turns_in_all);
  return memory;
}

// The owner's numbers stay, for whoever asks while it goes on; they tell nothing.
std::size_t MemoryTable::forget(const DeviceId& device, std::size_t limit) {
  database_.run("DELETE FROM memory_facts WHERE owner IN (SELECT number FROM memory_owners WHERE device = ?)",
                device);
  database_.run(
      "DELETE FROM memory_summaries WHERE owner IN (SELECT number FROM memory_owners WHERE device = ?)",
      device);
  put_notebook(device, {});
  const std::vector<std::int64_t> turns =
      read_numbers(database_.query("SELECT seq FROM memory_turns WHERE owner IN (SELECT number FROM "
                                   "memory_owners WHERE device = ?) LIMIT ?",
                                   device, limit));
  remove_turns(turns);
  return turns.size();
}

std::size_t MemoryTable::forget_turns(const MemoryOwner& owner, std::size_t limit) {
  const auto number = number_of(owner);
  if (!number) return 0;
  const std::vector<std::int64_t> turns =
      read_numbers(database_.query("SELECT seq FROM memory_turns WHERE owner = ? LIMIT ?", *number, limit));
  remove_turns(turns);
  return turns.size();
}

std::size_t MemoryTable::remove_before(WallTime time, std::size_t limit) {
  const std::vector<std::int64_t> turns = read_numbers(
      database_.query("SELECT seq FROM memory_turns WHERE at < ? ORDER BY at LIMIT ?", time, limit));
  remove_turns(turns);
  return turns.size();
}

void MemoryTable::put_notebook(const DeviceId& device, std::string_view text) {
  if (text.empty()) {
    database_.run("DELETE FROM notebooks WHERE device = ?", device);
    return;
  }
  database_.run(
      "INSERT INTO notebooks (device, text) VALUES (?,?) ON CONFLICT (device) DO UPDATE SET text = "
      "excluded.text",
      device, text);
}

std::string MemoryTable::take_notebook(const DeviceId& device) {
  Query row = database_.query("SELECT text FROM notebooks WHERE device = ?", device);
  std::string text;
  if (row.next()) row.into(text);
  return text;
}

std::vector<std::pair<DeviceId, std::string>> MemoryTable::notebooks() {
  std::vector<std::pair<DeviceId, std::string>> all;
  Query rows = database_.query("SELECT device, text FROM notebooks ORDER BY device");
  while (rows.next()) {
    auto& [device, text] = all.emplace_back();
    rows.into(device, text);
  }
  return all;
}

void MemoryTable::index_all() {
  const std::vector<std::int64_t> turns = read_numbers(
      database_.query("SELECT seq FROM memory_turns WHERE seq NOT IN (SELECT rowid FROM memory_index)"));
  for (const std::int64_t seq : turns) {
    std::int64_t owner = 0;
    std::string words;
    std::string reply;
    {
      Query row = database_.query("SELECT owner, words, reply FROM memory_turns WHERE seq = ?", seq);
      if (!row.next()) continue;
      row.into(owner, words, reply);
    }
    database_.run("INSERT INTO memory_index (rowid, words) VALUES (?,?)", seq,
                  index_words(owner, words + '\n' + reply));
  }
}

std::optional<std::int64_t> MemoryTable::number_of(const MemoryOwner& owner) {
  Query row = database_.query("SELECT number FROM memory_owners WHERE device = ? AND agent = ?", owner.device,
                              owner.agent);
  if (!row.next()) return std::nullopt;
  return row.integer(0);
}

std::int64_t MemoryTable::make_number(const MemoryOwner& owner) {
  if (const auto known = number_of(owner)) return *known;
  database_.run("INSERT INTO memory_owners (device, agent, turns) VALUES (?,?,0)", owner.device, owner.agent);
  return *number_of(owner);
}

MemoryTurn MemoryTable::turn(std::int64_t seq) {
  MemoryTurn turn;
  Query row = database_.query(
      "SELECT t.at, o.agent, t.words, t.reply FROM memory_turns t JOIN memory_owners o ON o.number = t.owner "
      "WHERE t.seq = ?",
      seq);
  if (row.next()) row.into(turn.at, turn.agent, turn.words, turn.reply);
  return turn;
}

void MemoryTable::remove_turns(const std::vector<std::int64_t>& turns) {
  for (const std::int64_t seq : turns) {
    database_.run("DELETE FROM memory_index WHERE rowid = ?", seq);
    database_.run(
        "UPDATE memory_owners SET turns = turns - 1 WHERE number = (SELECT owner FROM memory_turns WHERE seq "
        "= ?)",
        seq);
    database_.run("DELETE FROM memory_turns WHERE seq = ?", seq);
  }
}

}  // namespace earshot::store::sqlite
