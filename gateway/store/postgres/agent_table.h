// Agents and the providers that they name, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class AgentTable final : public AgentRepository {
 public:
  explicit AgentTable(Database& database) : database_(database) {}

  std::vector<Agent> agents() override;
  void put(const Agent& agent) override;
  void remove_agent(std::string_view name) override;
  std::vector<Provider> providers() override;
  void put(const Provider& provider) override;
  void remove_provider(std::string_view stage, std::string_view name) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
