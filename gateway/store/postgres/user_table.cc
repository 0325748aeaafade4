#include "gateway/store/postgres/user_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

constexpr auto kSelectUsers =
    sql_text("SELECT name, password_hash, role, disabled, created, last_login FROM users ");
constexpr auto kAllUsers = kSelectUsers + "ORDER BY name";
constexpr auto kFindUser = kSelectUsers + "WHERE earshot_key(name) = earshot_key(?)";

User read_user(const Rows& row) {
  User u;
  row.into(u.name, u.password_hash, u.role, u.disabled, u.created, u.last_login);
  return u;
}

}  // namespace

std::vector<User> UserTable::all() {
  std::vector<User> users;
  Rows rows = database_.query(kAllUsers);
  while (rows.next()) users.push_back(read_user(rows));
  return users;
}

std::optional<User> UserTable::find(std::string_view name) {
  Rows row = database_.query(kFindUser, name);
  if (!row.next()) return std::nullopt;
  return read_user(row);
}

void UserTable::put(const User& u) {
  database_.run(
      "INSERT INTO users (name, password_hash, role, disabled, created, last_login) VALUES (?,?,?,?,?,?) "
      "ON CONFLICT (earshot_key(name)) DO UPDATE SET password_hash=excluded.password_hash, "
      "role=excluded.role, "
      "disabled=excluded.disabled, created=excluded.created, last_login=excluded.last_login",
      u.name, u.password_hash, u.role, u.disabled, u.created, u.last_login);
}

void UserTable::remove(std::string_view name) {
  database_.run("DELETE FROM tokens WHERE earshot_key(\"user\") = earshot_key(?)", name);
  database_.run("DELETE FROM users WHERE earshot_key(name) = earshot_key(?)", name);
}

}  // namespace earshot::store::postgres
