#include "gateway/store/sqlite/setting_table.h"

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

std::optional<std::string> SettingTable::get(std::string_view key) {
  Query row = database_.query("SELECT value FROM settings WHERE key = ?", key);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

void SettingTable::put(std::string_view key, std::string_view value) {
  database_.run(
      "INSERT INTO settings (key, value) VALUES (?,?) ON CONFLICT (key) DO UPDATE SET value=excluded.value",
      key, value);
}

}  // namespace earshot::store::sqlite
