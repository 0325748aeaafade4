#include "gateway/store/sqlite/user_table.h"

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

constexpr auto kSelectUsers =
    sql_text("SELECT name, password_hash, role, disabled, created, last_login FROM users ");
constexpr auto kAllUsers = kSelectUsers + "ORDER BY name";
constexpr auto kFindUser = kSelectUsers + "WHERE name = ?";

User read_user(const Query& row) {
  User u;
  row.into(u.name, u.password_hash, u.role, u.disabled, u.created, u.last_login);
  return u;
}

}  // namespace

std::vector<User> UserTable::all() {
  std::vector<User> users;
  Query rows = database_.query(kAllUsers);
  while (rows.next()) users.push_back(read_user(rows));
  return users;
}

std::optional<User> UserTable::find(std::string_view name) {
  Query row = database_.query(kFindUser, name);
  if (!row.next()) return std::nullopt;
  return read_user(row);
}

void UserTable::put(const User& u) {
  database_.run(
      "INSERT INTO users (name, password_hash, role, disabled, created, last_login) VALUES (?,?,?,?,?,?) "
      "ON CONFLICT (name) DO UPDATE SET password_hash=excluded.password_hash, role=excluded.role, "
      "disabled=excluded.disabled, created=excluded.created, last_login=excluded.last_login",
      u.name, u.password_hash, u.role, u.disabled, u.created, u.last_login);
}

void UserTable::remove(std::string_view name) {
  database_.run("DELETE FROM tokens WHERE user = ?", name);
  database_.run("DELETE FROM users WHERE name = ?", name);
}

}  // namespace earshot::store::sqlite
