#include "gateway/store/postgres/token_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

constexpr auto kSelectTokens =
    sql_text("SELECT id, hash, label, \"user\", scopes, created, expires, last_used, parent FROM tokens ");
constexpr auto kAllTokens = kSelectTokens + "ORDER BY id";
constexpr auto kFindToken = kSelectTokens + "WHERE earshot_key(id) = earshot_key(?)";

Token read_token(const Rows& row) {
  Token t;
  row.into(t.id, t.hash, t.label, t.user, t.scopes, t.created, t.expires, t.last_used, t.parent);
  return t;
}

}  // namespace

std::vector<Token> TokenTable::all() {
  std::vector<Token> tokens;
  Rows rows = database_.query(kAllTokens);
  while (rows.next()) tokens.push_back(read_token(rows));
  return tokens;
}

std::optional<Token> TokenTable::find(std::string_view id) {
  Rows row = database_.query(kFindToken, id);
  if (!row.next()) return std::nullopt;
  return read_token(row);
}

void TokenTable::put(const Token& t) {
  database_.run(
      "INSERT INTO tokens (id, hash, label, \"user\", scopes, created, expires, last_used, parent) "
      "VALUES (?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (earshot_key(id)) DO UPDATE SET hash=excluded.hash, label=excluded.label, "
      "\"user\"=excluded.\"user\", "
      "scopes=excluded.scopes, created=excluded.created, expires=excluded.expires, "
      "last_used=excluded.last_used, parent=excluded.parent",
      t.id, t.hash, t.label, t.user, t.scopes, t.created, t.expires, t.last_used, t.parent);
}

void TokenTable::remove(std::string_view id) {
  database_.run("DELETE FROM tokens WHERE earshot_key(id) = earshot_key(?)", id);
}

}  // namespace earshot::store::postgres
