#include "gateway/store/postgres/conversation_table.h"

#include <algorithm>
#include <map>

#include "gateway/store/cursor.h"
#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

constexpr auto kSelectConversations = sql_text(
    "SELECT seq, session, device, agent, worker, started, ended, end_reason, turns FROM conversations ");
constexpr auto kFindConversation = kSelectConversations + "WHERE earshot_key(session) = earshot_key(?)";
constexpr auto kListConversations = kSelectConversations + "WHERE seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kListConversationsOf =
    kSelectConversations + "WHERE device = ? AND seq < ? ORDER BY seq DESC LIMIT ?";

constexpr auto kSelectTurns = sql_text(
    "SELECT session, device, number, source, outcome, user_text, reply_text, trace, started, first_audio, "
    "overhead, EXISTS (SELECT 1 FROM turn_audio a WHERE earshot_key(a.session) = earshot_key(t.session) "
    "AND a.number = t.number) "
    "FROM turns t ");
constexpr auto kTurnsOf = kSelectTurns + "WHERE earshot_key(session) = earshot_key(?) ORDER BY number";
constexpr auto kLatest = kSelectTurns + "WHERE first_audio IS NOT NULL ORDER BY started DESC LIMIT ?";
constexpr auto kLatestOfDevice =
    kSelectTurns + "WHERE device = ? AND first_audio IS NOT NULL ORDER BY started DESC LIMIT ?";

constexpr auto kRemoveConversations = sql_text("WITH gone AS (DELETE FROM conversations WHERE seq IN (");
constexpr auto kWithTheirTurns = sql_text(
    ") RETURNING session), "
    "gone_turns AS (DELETE FROM turns USING gone "
    "WHERE earshot_key(turns.session) = earshot_key(gone.session)), "
    "gone_audio AS (DELETE FROM turn_audio USING gone "
    "WHERE earshot_key(turn_audio.session) = earshot_key(gone.session)) "
    "SELECT session FROM gone");
constexpr auto kRemoveBefore = kRemoveConversations +
                               "SELECT seq FROM conversations WHERE started < ? ORDER BY started LIMIT ?" +
                               kWithTheirTurns;
constexpr auto kRemoveOf =
    kRemoveConversations + "SELECT seq FROM conversations WHERE device = ? LIMIT ?" + kWithTheirTurns;

Conversation read_conversation(const Rows& row) {
  Conversation c;
  std::int64_t number = 0;
  row.into(number, c.session, c.device, c.agent, c.worker, c.started, c.ended, c.end_reason, c.turns);
  return c;
}

std::vector<Turn> read_turns(Rows rows) {
  std::vector<Turn> turns;
  while (rows.next()) {
    Turn& t = turns.emplace_back();
    rows.into(t.session, t.device, t.number, t.source, t.end, t.user_text, t.reply_text, t.trace, t.started,
              t.first_audio, t.overhead, t.has_audio);
  }
  return turns;
}

std::vector<LatencyBucket> summarised(const std::map<WallTime, LatencyHistogram>& buckets) {
  std::vector<LatencyBucket> summary;
  for (const auto& [from, histogram] : buckets) {
    summary.push_back({.from = from,
                       .turns = histogram.count(),
                       .p50 = histogram.percentile(0.50),
                       .p90 = histogram.percentile(0.90),
                       .p99 = histogram.percentile(0.99)});
  }
  return summary;
}

}  // namespace

void ConversationTable::put(const Conversation& c) {
  database_.run(
      "INSERT INTO conversations (session, device, agent, worker, started, ended, end_reason, turns) "
      "VALUES (?,?,?,?,?,?,?,?) "
      "ON CONFLICT (earshot_key(session)) DO UPDATE SET device=excluded.device, "
      "agent=CASE WHEN excluded.agent='' THEN conversations.agent ELSE excluded.agent END, "
      "worker=excluded.worker, started=least(conversations.started, excluded.started), ended=excluded.ended, "
      "end_reason=excluded.end_reason, turns=greatest(conversations.turns, excluded.turns)",
      c.session, c.device, c.agent, c.worker, c.started, c.ended, c.end_reason, c.turns);
}

void ConversationTable::add(const Turn& t) {
  database_.run(
      "INSERT INTO conversations (session, device, agent, worker, started, end_reason, turns) "
      "VALUES (?,?,'','',?,'',0) ON CONFLICT (earshot_key(session)) DO NOTHING",
      t.session, t.device, t.started);
  const std::size_t added = database_.run(
      "INSERT INTO turns (session, number, device, source, outcome, user_text, reply_text, trace, started, "
      "first_audio, overhead) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (earshot_key(session), number) DO "
      "NOTHING",
      t.session, t.number, t.device, t.source, t.end, t.user_text, t.reply_text, t.trace, t.started,
      t.first_audio, t.overhead);
  if (added == 0) return;
  database_.run(
      "UPDATE conversations SET turns = greatest(turns, (SELECT count(*) FROM turns "
      "WHERE earshot_key(session) = earshot_key(?))) WHERE earshot_key(session) = earshot_key(?)",
      t.session, t.session);
  if (!t.user_audio.empty() || !t.reply_audio.empty()) {
    database_.run(
        "INSERT INTO turn_audio (session, number, started, user_audio, reply_audio) VALUES (?,?,?,?,?)",
        t.session, t.number, t.started, Bytes{t.user_audio}, Bytes{t.reply_audio});
  }
  if (t.first_audio) slots_.add(t.started, *t.first_audio);
}

std::optional<Conversation> ConversationTable::find(std::string_view session) {
  Rows row = database_.query(kFindConversation, session);
  if (!row.next()) return std::nullopt;
  return read_conversation(row);
}

Page<Conversation> ConversationTable::list(const std::optional<DeviceId>& device, const PageRequest& page) {
  const std::int64_t before = row_before(page.before);
  const std::size_t limit = page_limit(page.limit);
  Rows rows = device ? database_.query(kListConversationsOf, *device, before, limit + 1)
                     : database_.query(kListConversations, before, limit + 1);
  return read_page<Conversation>(rows, limit, read_conversation);
}

std::vector<Turn> ConversationTable::turns(std::string_view session) {
  return read_turns(database_.query(kTurnsOf, session));
}

std::optional<Turn> ConversationTable::audio(std::string_view session, std::uint32_t number) {
  Rows row = database_.query(
      "SELECT t.device, a.user_audio, a.reply_audio FROM turn_audio a JOIN turns t "
      "ON earshot_key(a.session) = earshot_key(t.session) AND a.number = t.number "
      "WHERE earshot_key(a.session) = earshot_key(?) AND a.number = ?",
      session, number);
  if (!row.next()) return std::nullopt;
  Turn turn;
  turn.session = session;
  turn.number = number;
  turn.has_audio = true;
  row.into(turn.device, turn.user_audio, turn.reply_audio);
  return turn;
}

std::vector<LatencyBucket> ConversationTable::latency(const std::optional<DeviceId>& device, WallTime since,
                                                      WallTime until, std::size_t count) {
  if (until <= since || until.time_since_epoch().count() < 0) return {};
  const LatencyBuckets buckets(since, until, count);
  std::map<WallTime, LatencyHistogram> histograms;
  if (!device) {
    slots_.visit(buckets, until, [&](WallTime slot, std::string_view histogram) {
      if (!histograms[buckets.begin_of(slot)].add_encoded(histogram)) {
        throw StoreError("a histogram in the database is none");
      }
    });
    return summarised(histograms);
  }
  Rows rows = database_.query(
      "SELECT started, first_audio FROM turns WHERE device = ? AND started >= ? AND started < ? "
      "AND first_audio IS NOT NULL",
      *device, buckets.first, until);
  while (rows.next()) {
    const WallTime started{Milliseconds(rows.integer(0))};
    histograms[buckets.begin_of(started)].add(Milliseconds(rows.integer(1)));
  }
  return summarised(histograms);
}

std::vector<Turn> ConversationTable::latest_turns(const std::optional<DeviceId>& device, std::size_t limit) {
  const std::size_t most = page_limit(limit);
  return read_turns(device ? database_.query(kLatestOfDevice, *device, most)
                           : database_.query(kLatest, most));
}

std::size_t ConversationTable::remove_before(WallTime time, std::size_t limit) {
  slots_.remove_before(time);
  return database_.run(kRemoveBefore, time, limit);
}

std::size_t ConversationTable::remove_audio_before(WallTime time, std::size_t limit) {
  return database_.run(
      "DELETE FROM turn_audio WHERE ctid IN "
      "(SELECT ctid FROM turn_audio WHERE started < ? ORDER BY started LIMIT ?)",
      time, limit);
}

std::size_t ConversationTable::remove_of(const DeviceId& device, std::size_t limit) {
  return database_.run(kRemoveOf, device, limit);
}

}  // namespace earshot::store::postgres
