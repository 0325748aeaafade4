#include "gateway/store/copy/table_list.h"

#include <array>

namespace earshot::store {

namespace {

// The columns of sqlite/migrations.cc. tests/unit/gateway/store/copy holds them against a real database.
constexpr std::array<CopiedTable, 24> kTables{{
    {.name = "devices",
     .kinds = "ttttttttttiiiiiiiit",
     .count = "SELECT count(*) FROM devices",
     .select = "SELECT id, client_uuid, board, firmware, language, serial, name, tags, agent, owner, bound, "
               "blocked, auto_update, transport, credential_minimum, credential_issued, first_seen, "
               "last_seen, last_peer FROM devices",
     .insert =
         "INSERT INTO devices (id, client_uuid, board, firmware, language, serial, name, tags, agent, owner, "
         "bound, blocked, auto_update, transport, credential_minimum, credential_issued, first_seen, "
         "last_seen, last_peer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "device_tools",
     .kinds = "tt",
     .count = "SELECT count(*) FROM device_tools",
     .select = "SELECT device, tools FROM device_tools",
     .insert = "INSERT INTO device_tools (device, tools) VALUES (?, ?)"},
    {.name = "serial_keys",
     .kinds = "tt",
     .count = "SELECT count(*) FROM serial_keys",
     .select = "SELECT serial, sealed FROM serial_keys",
     .insert = "INSERT INTO serial_keys (serial, sealed) VALUES (?, ?)"},
    {.name = "users",
     .kinds = "ttiiii",
     .count = "SELECT count(*) FROM users",
     .select = "SELECT name, password_hash, role, disabled, created, last_login FROM users",
     .insert = "INSERT INTO users (name, password_hash, role, disabled, created, last_login) VALUES (?, ?, "
               "?, ?, ?, ?)"},
    {.name = "tokens",
     .kinds = "tttttiiit",
     .count = "SELECT count(*) FROM tokens",
     .select = "SELECT id, hash, label, \"user\", scopes, created, expires, last_used, parent FROM tokens",
     .insert = "INSERT INTO tokens (id, hash, label, \"user\", scopes, created, expires, last_used, parent) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "operators",
     .kinds = "ttiii",
     .count = "SELECT count(*) FROM operators",
     .select = "SELECT name, password_hash, user_tools, created, texts FROM operators",
     .insert =
         "INSERT INTO operators (name, password_hash, user_tools, created, texts) VALUES (?, ?, ?, ?, ?)"},
    {.name = "agents",
     .kinds = "tti",
     .count = "SELECT count(*) FROM agents",
     .select = "SELECT name, config, changed FROM agents",
     .insert = "INSERT INTO agents (name, config, changed) VALUES (?, ?, ?)"},
    {.name = "providers",
     .kinds = "tttti",
     .count = "SELECT count(*) FROM providers",
     .select = "SELECT stage, name, config, secrets, changed FROM providers",
     .insert = "INSERT INTO providers (stage, name, config, secrets, changed) VALUES (?, ?, ?, ?, ?)"},
    {.name = "firmware",
     .kinds = "tttttiiititi",
     .count = "SELECT count(*) FROM firmware",
     .select = "SELECT id, board, version, file_name, sha256, size_bytes, enabled, percentage, "
               "minimum_version, force, notes, created FROM firmware",
     .insert =
         "INSERT INTO firmware (id, board, version, file_name, sha256, size_bytes, enabled, percentage, "
         "minimum_version, force, notes, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "commands",
     .kinds = "itttttiitttiiiii",
     .count = "SELECT count(*) FROM commands",
     .select = "SELECT seq, id, device, kind, arguments, given_by, user_tools, state, result, error_code, "
               "error_message, timeout, created, expires, sent, finished FROM commands",
     .insert = "INSERT INTO commands (seq, id, device, kind, arguments, given_by, user_tools, state, result, "
               "error_code, error_message, timeout, created, expires, sent, finished) VALUES (?, ?, ?, ?, ?, "
               "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "conversations",
     .kinds = "ittttiiti",
     .count = "SELECT count(*) FROM conversations",
     .select =
         "SELECT seq, session, device, agent, worker, started, ended, end_reason, turns FROM conversations",
     .insert = "INSERT INTO conversations (seq, session, device, agent, worker, started, ended, end_reason, "
               "turns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "turns",
     .kinds = "itittttttiii",
     .count = "SELECT count(*) FROM turns",
     .select = "SELECT seq, session, number, device, source, outcome, user_text, reply_text, trace, started, "
               "first_audio, overhead FROM turns",
     .insert = "INSERT INTO turns (seq, session, number, device, source, outcome, user_text, reply_text, "
               "trace, started, first_audio, overhead) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {.name = "turn_audio",
     .kinds = "tiibb",
     .count = "SELECT count(*) FROM turn_audio",
     .select = "SELECT session, number, started, user_audio, reply_audio FROM turn_audio",
     .insert =
         "INSERT INTO turn_audio (session, number, started, user_audio, reply_audio) VALUES (?, ?, ?, ?, ?)"},
    {.name = "latency_slots",
     .kinds = "iib",
     .count = "SELECT count(*) FROM latency_slots",
     .select = "SELECT width, slot, histogram FROM latency_slots",
     .insert = "INSERT INTO latency_slots (width, slot, histogram) VALUES (?, ?, ?)"},
    {.name = "audit",
     .kinds = "iittttt",
     .count = "SELECT count(*) FROM audit",
     .select = "SELECT id, at, who, action, target, detail, peer FROM audit",
     .insert = "INSERT INTO audit (id, at, who, action, target, detail, peer) VALUES (?, ?, ?, ?, ?, ?, ?)"},
    {.name = "settings",
     .kinds = "tt",
     .count = "SELECT count(*) FROM settings",
     .select = "SELECT key, value FROM settings",
     .insert = "INSERT INTO settings (key, value) VALUES (?, ?)"},
    {.name = "memory_owners",
     .kinds = "itti",
     .count = "SELECT count(*) FROM memory_owners",
     .select = "SELECT number, device, agent, turns FROM memory_owners",
     .insert = "INSERT INTO memory_owners (number, device, agent, turns) VALUES (?, ?, ?, ?)"},
    {.name = "memory_turns",
     .kinds = "iiitt",
     .count = "SELECT count(*) FROM memory_turns",
     .select = "SELECT seq, owner, at, words, reply FROM memory_turns",
     .insert = "INSERT INTO memory_turns (seq, owner, at, words, reply) VALUES (?, ?, ?, ?, ?)"},
    {.name = "memory_facts",
     .kinds = "iiit",
     .count = "SELECT count(*) FROM memory_facts",
     .select = "SELECT id, owner, learnt, text FROM memory_facts",
     .insert = "INSERT INTO memory_facts (id, owner, learnt, text) VALUES (?, ?, ?, ?)"},
    {.name = "memory_summaries",
     .kinds = "itit",
     .count = "SELECT count(*) FROM memory_summaries",
     .select = "SELECT owner, session, at, text FROM memory_summaries",
     .insert = "INSERT INTO memory_summaries (owner, session, at, text) VALUES (?, ?, ?, ?)"},
    {.name = "notebooks",
     .kinds = "tt",
     .count = "SELECT count(*) FROM notebooks",
     .select = "SELECT device, text FROM notebooks",
     .insert = "INSERT INTO notebooks (device, text) VALUES (?, ?)"},
    {.name = "lore_agents",
     .kinds = "it",
     .count = "SELECT count(*) FROM lore_agents",
     .select = "SELECT number, name FROM lore_agents",
     .insert = "INSERT INTO lore_agents (number, name) VALUES (?, ?)"},
    {.name = "lore_documents",
     .kinds = "iitiiii",
     .count = "SELECT count(*) FROM lore_documents",
     .select = "SELECT number, agent, title, size_bytes, passages, added, state FROM lore_documents",
     .insert = "INSERT INTO lore_documents (number, agent, title, size_bytes, passages, added, state) VALUES "
               "(?, ?, ?, ?, ?, ?, ?)"},
    {.name = "lore_passages",
     .kinds = "iitt",
     .count = "SELECT count(*) FROM lore_passages",
     .select = "SELECT seq, document, keys, text FROM lore_passages",
     .insert = "INSERT INTO lore_passages (seq, document, keys, text) VALUES (?, ?, ?, ?)"},
}};

}  // namespace

std::span<const CopiedTable> copied_tables() {
  return kTables;
}

}  // namespace earshot::store
