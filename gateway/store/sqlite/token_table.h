// API tokens, in SQLite.
#pragma once

#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

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

}  // namespace earshot::store::sqlite
