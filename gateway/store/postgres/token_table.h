// API tokens, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class TokenTable final : public TokenRepository {
 public:
  explicit TokenTable(Database& database) : database_(database) {}

  std::vector<Token> all() override;
  std::optional<Token> find(std::string_view id) override;
  void put(const Token& token) override;
  void remove(std::string_view id) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
