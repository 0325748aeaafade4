// Settings of the gateway itself, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class SettingTable final : public SettingRepository {
 public:
  explicit SettingTable(Database& database) : database_(database) {}

  std::optional<std::string> get(std::string_view key) override;
  void put(std::string_view key, std::string_view value) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
