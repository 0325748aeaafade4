#include "gateway/store/postgres/setting_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

std::optional<std::string> SettingTable::get(std::string_view key) {
  Rows row = database_.query("SELECT value FROM settings WHERE earshot_key(key) = earshot_key(?)", key);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

void SettingTable::put(std::string_view key, std::string_view value) {
  database_.run(
      "INSERT INTO settings (key, value) VALUES (?,?) ON CONFLICT (earshot_key(key)) DO UPDATE SET "
      "value=excluded.value",
      key, value);
}

}  // namespace earshot::store::postgres
