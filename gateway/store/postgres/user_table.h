// Users, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class UserTable final : public UserRepository {
 public:
  explicit UserTable(Database& database) : database_(database) {}

  std::vector<User> all() override;
  std::optional<User> find(std::string_view name) override;
  void put(const User& user) override;
  void remove(std::string_view name) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
