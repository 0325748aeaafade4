#include "gateway/store/sqlite/migrations.h"

#include <array>

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

// Marks a file as ours (`file` and `sqlite3` show it): "Ears".
constexpr std::int64_t kApplicationId = 0x45617273;

// Lists are read newest first by the number of their row (the rowid, which every index ends with), so a page
// is one walk along an index wherever it begins.
constexpr const char* kStep1 = R"sql(
CREATE TABLE devices (
  id TEXT PRIMARY KEY, client_uuid TEXT NOT NULL, board TEXT NOT NULL, firmware TEXT NOT NULL,
  language TEXT NOT NULL, serial TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, agent TEXT NOT NULL,
  owner TEXT NOT NULL, bound INTEGER NOT NULL, blocked INTEGER NOT NULL, auto_update INTEGER NOT NULL,
  transport INTEGER NOT NULL, credential_minimum INTEGER NOT NULL, credential_issued INTEGER NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, last_peer TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE device_tools (
  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE, tools TEXT NOT NULL
) STRICT;
CREATE TABLE serial_keys (serial TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, role INTEGER NOT NULL, disabled INTEGER NOT NULL,
  created INTEGER NOT NULL, last_login INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL, label TEXT NOT NULL, user TEXT NOT NULL, scopes TEXT NOT NULL,
  created INTEGER NOT NULL, expires INTEGER, last_used INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user);
CREATE TABLE operators (
  name TEXT PRIMARY KEY, password_hash TEXT NOT NULL, user_tools INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
  name TEXT PRIMARY KEY, config TEXT NOT NULL, changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE providers (
  stage TEXT NOT NULL, name TEXT NOT NULL, config TEXT NOT NULL, secrets TEXT NOT NULL,
  changed INTEGER NOT NULL, PRIMARY KEY (stage, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE firmware (
  id TEXT PRIMARY KEY, board TEXT NOT NULL, version TEXT NOT NULL, file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL, enabled INTEGER NOT NULL, percentage INTEGER NOT NULL,
  minimum_version TEXT NOT NULL, force INTEGER NOT NULL, notes TEXT NOT NULL, created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commands (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, device TEXT NOT NULL, kind TEXT NOT NULL,
  arguments TEXT NOT NULL, given_by TEXT NOT NULL, user_tools INTEGER NOT NULL, state INTEGER NOT NULL,
  result TEXT NOT NULL, error_code TEXT NOT NULL, error_message TEXT NOT NULL, timeout INTEGER NOT NULL,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, sent INTEGER, finished INTEGER
) STRICT;
CREATE UNIQUE INDEX commands_key ON commands (given_by, id);
CREATE INDEX commands_id ON commands (id);
CREATE INDEX commands_device_state ON commands (device, state);
CREATE INDEX commands_device ON commands (device);
CREATE INDEX commands_state ON commands (state);
CREATE INDEX commands_finished ON commands (finished) WHERE finished IS NOT NULL;

CREATE TABLE conversations (
  seq INTEGER PRIMARY KEY, session TEXT NOT NULL UNIQUE, device TEXT NOT NULL, agent TEXT NOT NULL,
  worker TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, end_reason TEXT NOT NULL,
  turns INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_device ON conversations (device);
CREATE INDEX conversations_started ON conversations (started);

CREATE TABLE turns (
  seq INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES conversations (session) ON DELETE CASCADE,
  number INTEGER NOT NULL, device TEXT NOT NULL, source TEXT NOT NULL, outcome TEXT NOT NULL,
  user_text TEXT NOT NULL, reply_text TEXT NOT NULL, trace TEXT NOT NULL, started INTEGER NOT NULL,
  first_audio INTEGER, overhead INTEGER, UNIQUE (session, number)
) STRICT;
-- The charts: covering for one device's; for all devices there is latency_slots.
CREATE INDEX turns_answered ON turns (started) WHERE first_audio IS NOT NULL;
CREATE INDEX turns_device_answered ON turns (device, started, first_audio) WHERE first_audio IS NOT NULL;

-- Apart from the turns, so that reading those does not read sound.
CREATE TABLE turn_audio (
  session TEXT NOT NULL, number INTEGER NOT NULL, started INTEGER NOT NULL, user_audio BLOB NOT NULL,
  reply_audio BLOB NOT NULL, PRIMARY KEY (session, number),
  FOREIGN KEY (session, number) REFERENCES turns (session, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX turn_audio_started ON turn_audio (started);

-- How fast all devices were answered in each five minutes, hour and day: latency_slots.h.
CREATE TABLE latency_slots (
  width INTEGER NOT NULL, slot INTEGER NOT NULL, histogram BLOB NOT NULL, PRIMARY KEY (width, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
  target TEXT NOT NULL, detail TEXT NOT NULL, peer TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kStep2 = R"sql(
ALTER TABLE tokens ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE operators ADD COLUMN texts INTEGER NOT NULL DEFAULT 0;
)sql";

// What is remembered: memory_store.h. An owner is an agent and a device; `turns` counts its turns.
constexpr const char* kStep3 = R"sql(
CREATE TABLE memory_owners (
  number INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, agent TEXT NOT NULL, turns INTEGER NOT NULL,
  UNIQUE (device, agent)
) STRICT;
CREATE TABLE memory_turns (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL, at INTEGER NOT NULL, words TEXT NOT NULL,
  reply TEXT NOT NULL
) STRICT;
CREATE INDEX memory_turns_owner ON memory_turns (owner, at);
CREATE INDEX memory_turns_at ON memory_turns (at);
CREATE VIRTUAL TABLE memory_index USING fts5 (words, tokenize = 'porter unicode61');
CREATE TABLE memory_facts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL, learnt INTEGER NOT NULL,
  text TEXT NOT NULL COLLATE NOCASE, UNIQUE (owner, text)
) STRICT;
CREATE TABLE memory_summaries (
  owner INTEGER NOT NULL, session TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (owner, session)
) STRICT, WITHOUT ROWID;
CREATE TABLE notebooks (device TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql";

// Documents of agents: lore_store.h. A passage with keys is found by them alone. `state` is LoreState.
constexpr const char* kStep4 = R"sql(
CREATE TABLE lore_agents (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE lore_documents (
  number INTEGER PRIMARY KEY AUTOINCREMENT, agent INTEGER NOT NULL, title TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, passages INTEGER NOT NULL, added INTEGER NOT NULL, state INTEGER NOT NULL
) STRICT;
CREATE INDEX lore_documents_agent ON lore_documents (agent);
CREATE INDEX lore_documents_state ON lore_documents (state, added);
CREATE TABLE lore_passages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, keys TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX lore_passages_document ON lore_passages (document);
CREATE VIRTUAL TABLE lore_index USING fts5 (words, tokenize = 'porter unicode61');
)sql";

constexpr std::array<const char*, 4> kSteps{kStep1, kStep2, kStep3, kStep4};

std::int64_t number(Database& database, Sql sql) {
  Query query = database.query(sql);
  query.next();
  return query.integer(0);
}

void refuse_others(Database& database, std::int64_t version, std::size_t newest) {
  const std::int64_t owner = number(database, "PRAGMA application_id");
  const bool is_empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != kApplicationId && !is_empty) {
    throw StoreError(ErrorCode::kInvalid, "it is the database of another program");
  }
  if (version < 0 || version > static_cast<std::int64_t>(newest)) {
    throw StoreError(ErrorCode::kInvalid, "it is of version " + std::to_string(version) +
                                              " and this program knows versions up to " +
                                              std::to_string(newest));
  }
}

void apply(Database& database, const char* step, std::size_t version) {
  database.script("BEGIN IMMEDIATE");
  try {
    database.script(step);
    database.script("PRAGMA user_version = " + std::to_string(version));
    database.script("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.script("COMMIT");
  } catch (const StoreError&) {
    if (database.in_transaction()) database.script("ROLLBACK");
    throw;
  }
}

}  // namespace

std::span<const char* const> schema_steps() {
  return kSteps;
}

void migrate(Database& database, std::span<const char* const> steps) {
  const std::int64_t version = number(database, "PRAGMA user_version");
  refuse_others(database, version, steps.size());
  for (auto i = static_cast<std::size_t>(version); i < steps.size(); ++i) apply(database, steps[i], i + 1);
}

}  // namespace earshot::store::sqlite
