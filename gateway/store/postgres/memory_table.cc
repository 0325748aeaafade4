#include "gateway/store/postgres/memory_table.h"

#include <algorithm>
#include <limits>

#include "gateway/store/index_words.h"
#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

// Of a span of time so many turns are looked at, to take some evenly from them.
constexpr std::size_t kSpreadOver = 2000;
constexpr std::size_t kIndexedAtOnce = 500;

const MemoryRange kAlways{.from = WallTime(Milliseconds(std::numeric_limits<std::int64_t>::min())),
                          .until = WallTime(Milliseconds(std::numeric_limits<std::int64_t>::max()))};

// BM25: see the header. The words are looked up one by one, each in the index. Of a word that is in more turns than
// 1,000 so many count: it tells little, and to weigh all of them takes longer than an answer can wait.
constexpr const char kBestTurns[] =
    "WITH asked AS MATERIALIZED (SELECT stem FROM unnest(earshot_stems(?)) AS stem), "
    "hits AS MATERIALIZED (SELECT a.stem, i.turn, i.at, i.length FROM asked a CROSS JOIN LATERAL "
    "(SELECT turn, at, length::float8 FROM memory_index WHERE stems @> ARRAY[a.stem] COLLATE \"C\" "
    "AND owner = ? AND at >= ? AND at < ? LIMIT 1000) i), "
    "rare AS MATERIALIZED (SELECT stem, ln(1 + (greatest(?::float8 - count(*), 0) + 0.5::float8) "
    "/ (count(*) + 0.5::float8)) AS weight FROM hits GROUP BY stem), "
    "mean AS MATERIALIZED (SELECT greatest(avg(length), 1) AS length FROM hits) "
    "SELECT h.turn FROM hits h JOIN rare r ON r.stem = h.stem CROSS JOIN mean m GROUP BY h.turn, h.at "
    "ORDER BY sum(r.weight / (1 + 1.2::float8 * (0.25::float8 + 0.75::float8 * h.length / m.length))) DESC, "
    "h.at DESC, h.turn DESC LIMIT ?";

bool holds(const std::vector<std::int64_t>& all, std::int64_t one) {
  return std::ranges::find(all, one) != all.end();
}

std::vector<MemoryFact> read_facts(Rows rows) {
  std::vector<MemoryFact> facts;
  while (rows.next()) {
    MemoryFact& fact = facts.emplace_back();
    rows.into(fact.id, fact.agent, fact.learnt, fact.text);
  }
  return facts;
}

std::vector<MemorySummary> read_summaries(Rows rows) {
  std::vector<MemorySummary> summaries;
  while (rows.next()) {
    MemorySummary& summary = summaries.emplace_back();
    rows.into(summary.session, summary.agent, summary.at, summary.text);
  }
  return summaries;
}

std::vector<MemoryTurn> read_memory_turns(Rows rows) {
  std::vector<MemoryTurn> turns;
  while (rows.next()) {
    MemoryTurn& turn = turns.emplace_back();
    rows.into(turn.at, turn.agent, turn.words, turn.reply);
  }
  return turns;
}

std::vector<std::int64_t> read_numbers(Rows rows) {
  std::vector<std::int64_t> numbers;
  while (rows.next()) numbers.push_back(rows.integer(0));
  return numbers;
}

// For string_to_array(?, ',').
std::string comma_list(const std::vector<std::int64_t>& numbers) {
  std::string list;
  for (const std::int64_t one : numbers) list += (list.empty() ? "" : ",") + std::to_string(one);
  return list;
}

}  // namespace

void MemoryTable::add(const MemoryOwner& owner, const MemoryTurn& turn, std::size_t keep) {
  const Owner counted = count_turns(owner, 1);
  Rows added =
      database_.query("INSERT INTO memory_turns (owner, at, words, reply) VALUES (?,?,?,?) RETURNING seq",
                      counted.number, turn.at, turn.words, turn.reply);
  added.next();
  index(added.integer(0), counted.number, turn.at, turn.words + '\n' + turn.reply);
  const auto kept = static_cast<std::int64_t>(keep);
  if (counted.turns <= kept) return;
  remove_turns(
      read_numbers(database_.query("SELECT seq FROM memory_turns WHERE owner = ? ORDER BY at, seq LIMIT ?",
                                   counted.number, counted.turns - kept)));
}

std::vector<MemoryTurn> MemoryTable::find(const MemoryOwner& owner, const MemoryQuery& query) {
  const auto known = find_owner(owner);
  if (!known || query.limit == 0) return {};
  std::vector<std::int64_t> found;
  const std::string words = question_words(known->number, query.words);
  for (const MemoryRange& range : query.ranges) {
    const std::size_t share = std::max<std::size_t>(1, query.limit / query.ranges.size());
    const std::size_t most = std::min(query.limit, found.size() + share);
    if (!words.empty()) matches(*known, words, range, most, found);
    spread(*known, range, most, found);
  }
  if (found.empty() && !words.empty()) matches(*known, words, kAlways, query.limit, found);
  if (found.empty()) return {};
  return read_memory_turns(database_.query(
      "SELECT t.at, o.agent, t.words, t.reply FROM memory_turns t JOIN memory_owners o ON o.number = t.owner "
      "WHERE t.seq = ANY(string_to_array(?, ',')::bigint[]) ORDER BY t.at, t.seq",
      comma_list(found)));
}

std::vector<MemoryFact> MemoryTable::facts(const MemoryOwner& owner) {
  const auto known = find_owner(owner);
  if (!known) return {};
  return read_facts(database_.query(
      "SELECT f.id, o.agent, f.learnt, f.text FROM memory_facts f JOIN memory_owners o ON o.number = f.owner "
      "WHERE f.owner = ? ORDER BY f.learnt, f.id",
      known->number));
}

void MemoryTable::change(const MemoryOwner& owner, const MemoryChange& change, WallTime now) {
  const std::int64_t number = count_turns(owner, 0).number;
  if (change.everything) {
    database_.run("DELETE FROM memory_facts WHERE owner = ?", number);
    database_.run("DELETE FROM memory_summaries WHERE owner = ?", number);
  }
  for (const std::uint64_t id : change.forgotten)
    database_.run("DELETE FROM memory_facts WHERE owner = ? AND id = ?", number, id);
  for (const std::string& text : change.learnt) {
    database_.run(
        "INSERT INTO memory_facts (owner, learnt, text) VALUES (?,?,?) "
        "ON CONFLICT (owner, earshot_key(lower(text COLLATE \"C\"))) DO UPDATE SET learnt = excluded.learnt",
        number, now, text);
  }
  database_.run(
      "DELETE FROM memory_facts WHERE id IN (SELECT id FROM memory_facts WHERE owner = ? "
      "ORDER BY learnt DESC, id DESC OFFSET ?)",
      number, kMaxFacts);
}

// Another fact that says the same makes room.
bool MemoryTable::put_fact(const DeviceId& device, std::uint64_t id, std::string_view text, WallTime now) {
  database_.run(
      "DELETE FROM memory_facts f USING memory_facts mine, memory_owners o WHERE mine.id = ? "
      "AND o.number = mine.owner AND o.device = ? AND f.owner = mine.owner AND f.id <> mine.id "
      "AND earshot_key(lower(f.text COLLATE \"C\")) = earshot_key(lower(?::text COLLATE \"C\"))",
      id, device, text);
  return database_.run(
             "UPDATE memory_facts SET text = ?, learnt = ? WHERE id = ? AND owner IN "
             "(SELECT number FROM memory_owners WHERE device = ?)",
             text, now, id, device) > 0;
}

bool MemoryTable::remove_fact(const DeviceId& device, std::uint64_t id) {
  return database_.run(
             "DELETE FROM memory_facts WHERE id = ? AND owner IN "
             "(SELECT number FROM memory_owners WHERE device = ?)",
             id, device) > 0;
}

std::vector<MemorySummary> MemoryTable::summaries(const MemoryOwner& owner) {
  const auto known = find_owner(owner);
  if (!known) return {};
  return read_summaries(
      database_.query("SELECT s.session, o.agent, s.at, s.text FROM memory_summaries s JOIN memory_owners o "
                      "ON o.number = s.owner WHERE s.owner = ? ORDER BY s.at, s.session",
                      known->number));
}

void MemoryTable::put_summary(const MemoryOwner& owner, const MemorySummary& summary) {
  const std::int64_t number = count_turns(owner, 0).number;
  database_.run(
      "INSERT INTO memory_summaries (owner, session, at, text) VALUES (?,?,?,?) "
      "ON CONFLICT (owner, earshot_key(session)) DO UPDATE SET at = excluded.at, text = excluded.text",
      number, summary.session, summary.at, summary.text);
  database_.run(
      "DELETE FROM memory_summaries WHERE ctid IN (SELECT ctid FROM memory_summaries WHERE owner = ? "
      "ORDER BY at DESC OFFSET ?)",
      number, kMaxSummaries);
}

DeviceMemory MemoryTable::all(const DeviceId& device, std::size_t turns, std::optional<WallTime> before) {
  DeviceMemory memory;
  memory.facts = read_facts(database_.query(
      "SELECT f.id, o.agent, f.learnt, f.text FROM memory_owners o JOIN memory_facts f ON f.owner = o.number "
      "WHERE o.device = ? ORDER BY f.learnt, f.id",
      device));
  memory.summaries = read_summaries(
      database_.query("SELECT s.session, o.agent, s.at, s.text FROM memory_owners o JOIN memory_summaries s "
                      "ON s.owner = o.number WHERE o.device = ? ORDER BY s.at, s.session",
                      device));
  memory.turns = read_memory_turns(database_.query(
      "SELECT t.at, o.agent, t.words, t.reply FROM memory_owners o JOIN memory_turns t ON t.owner = o.number "
      "WHERE o.device = ? AND t.at < ? ORDER BY t.at DESC, t.seq DESC LIMIT ?",
      device, before.value_or(kAlways.until), turns));
  Rows count =
      database_.query("SELECT coalesce(sum(turns), 0)::bigint FROM memory_owners WHERE device = ?", device);
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
  database_.run("DELETE FROM notebooks WHERE device = ?", device);
  const std::vector<std::int64_t> turns =
      read_numbers(database_.query("SELECT seq FROM memory_turns WHERE owner IN (SELECT number FROM "
                                   "memory_owners WHERE device = ?) LIMIT ?",
                                   device, limit));
  remove_turns(turns);
  return turns.size();
}

std::size_t MemoryTable::forget_turns(const MemoryOwner& owner, std::size_t limit) {
  const auto known = find_owner(owner);
  if (!known) return 0;
  const std::vector<std::int64_t> turns = read_numbers(
      database_.query("SELECT seq FROM memory_turns WHERE owner = ? LIMIT ?", known->number, limit));
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
  const std::string_view ours = database_.settings().gateway;
  if (text.empty()) {
    database_.run("DELETE FROM notebooks WHERE device = ? AND gateway IN (?, '')", device, ours);
    return;
  }
  database_.run(
      "INSERT INTO notebooks (device, text, gateway) VALUES (?,?,?) ON CONFLICT (device) DO UPDATE SET "
      "text = excluded.text, gateway = excluded.gateway WHERE notebooks.gateway IN (excluded.gateway, '')",
      device, text, ours);
}

std::string MemoryTable::take_notebook(const DeviceId& device) {
  Rows taken = database_.query("UPDATE notebooks SET gateway = ? WHERE device = ? RETURNING text",
                               std::string_view(database_.settings().gateway), device);
  return taken.next() ? taken.text(0) : std::string();
}

std::vector<std::pair<DeviceId, std::string>> MemoryTable::notebooks() {
  const std::string_view ours = database_.settings().gateway;
  database_.run("UPDATE notebooks SET gateway = ? WHERE gateway = ''", ours);
  std::vector<std::pair<DeviceId, std::string>> all;
  Rows rows = database_.query("SELECT device, text FROM notebooks WHERE gateway = ? ORDER BY device", ours);
  while (rows.next()) {
    auto& [device, text] = all.emplace_back();
    rows.into(device, text);
  }
  return all;
}

void MemoryTable::index_all() {
  struct Unindexed {
    std::int64_t seq = 0;
    std::int64_t owner = 0;
    WallTime at{};
    std::string words{};
    std::string reply{};
  };
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  while (true) {
    std::vector<Unindexed> turns;
    Rows rows = database_.query(
        "SELECT seq, owner, at, words, reply FROM memory_turns t WHERE seq > ? AND NOT EXISTS "
        "(SELECT 1 FROM memory_index i WHERE i.turn = t.seq) ORDER BY seq LIMIT ?",
        last, kIndexedAtOnce);
    while (rows.next()) {
      Unindexed& one = turns.emplace_back();
      rows.into(one.seq, one.owner, one.at, one.words, one.reply);
    }
    if (turns.empty()) return;
    for (const Unindexed& one : turns) index(one.seq, one.owner, one.at, one.words + '\n' + one.reply);
    last = turns.back().seq;
  }
}

std::optional<MemoryTable::Owner> MemoryTable::find_owner(const MemoryOwner& owner) {
  Rows row = database_.query(
      "SELECT number, turns FROM memory_owners WHERE device = ? AND earshot_key(agent) = earshot_key(?)",
      owner.device, owner.agent);
  if (!row.next()) return std::nullopt;
  Owner found;
  row.into(found.number, found.turns);
  return found;
}

MemoryTable::Owner MemoryTable::count_turns(const MemoryOwner& owner, std::int64_t more) {
  Owner counted;
  Rows known = database_.query(
      "UPDATE memory_owners SET turns = turns + ? WHERE device = ? AND earshot_key(agent) = earshot_key(?) "
      "RETURNING number, turns",
      more, owner.device, owner.agent);
  if (known.next()) {
    known.into(counted.number, counted.turns);
    return counted;
  }
  Rows made = database_.query(
      "INSERT INTO memory_owners (device, agent, turns) VALUES (?,?,?) RETURNING number, turns", owner.device,
      owner.agent, more);
  made.next();
  made.into(counted.number, counted.turns);
  return counted;
}

void MemoryTable::index(std::int64_t turn, std::int64_t owner, WallTime at, std::string_view text) {
  const std::string words = index_words(owner, text);
  const auto length = words.empty() ? 0 : 1 + std::ranges::count(words, ' ');
  database_.run("INSERT INTO memory_index (turn, owner, at, length, stems) VALUES (?,?,?,?,earshot_stems(?))",
                turn, owner, at, length, words);
}

// The best first.
void MemoryTable::matches(const Owner& owner, std::string_view words, const MemoryRange& range,
                          std::size_t limit, std::vector<std::int64_t>& found) {
  Rows rows = database_.query(kBestTurns, words, owner.number, range.from, range.until, owner.turns, limit);
  while (rows.next() && found.size() < limit) {
    if (!holds(found, rows.integer(0))) found.push_back(rows.integer(0));
  }
}

void MemoryTable::spread(const Owner& owner, const MemoryRange& range, std::size_t limit,
                         std::vector<std::int64_t>& found) {
  std::vector<std::int64_t> there = read_numbers(database_.query(
      "SELECT seq FROM memory_turns WHERE owner = ? AND at >= ? AND at < ? ORDER BY at, seq LIMIT ?",
      owner.number, range.from, range.until, kSpreadOver));
  std::erase_if(there, [&](std::int64_t seq) { return holds(found, seq); });
  const std::size_t room = limit > found.size() ? limit - found.size() : 0;
  const std::size_t taken = std::min(room, there.size());
  for (std::size_t i = 0; i < taken; ++i) found.push_back(there[i * there.size() / taken]);
}

void MemoryTable::remove_turns(const std::vector<std::int64_t>& turns) {
  if (turns.empty()) return;
  database_.run(
      "WITH gone AS (DELETE FROM memory_turns WHERE seq = ANY(string_to_array(?, ',')::bigint[]) "
      "RETURNING seq, owner), "
      "gone_words AS (DELETE FROM memory_index USING gone WHERE turn = gone.seq), "
      "counted AS (SELECT owner, count(*) AS turns FROM gone GROUP BY owner) "
      "UPDATE memory_owners o SET turns = o.turns - counted.turns FROM counted WHERE o.number = "
      "counted.owner",
      comma_list(turns));
}

}  // namespace earshot::store::postgres
