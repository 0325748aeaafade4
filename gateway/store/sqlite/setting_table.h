// Settings of the gateway itself, in SQLite.
#pragma once

#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

class SettingTable final : public SettingRepository {
 public:
  explicit SettingTable(Database& database) : database_(database) {}

  std::optional<std::string> get(std::string_view key) override;
  void put(std::string_view key, std::string_view value) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::sqlite
