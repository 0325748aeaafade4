// Users of the broker, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class OperatorTable final : public OperatorRepository {
 public:
  explicit OperatorTable(Database& database) : database_(database) {}

  std::vector<BrokerOperator> all() override;
  void put(const BrokerOperator& who) override;
  void remove(std::string_view name) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
