#include "gateway/store/sqlite/agent_table.h"

#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

std::vector<Agent> AgentTable::agents() {
  std::vector<Agent> agents;
  Query rows = database_.query("SELECT name, config, changed FROM agents ORDER BY name");
  while (rows.next()) {
    Agent& a = agents.emplace_back();
    rows.into(a.name, a.config, a.changed);
  }
  return agents;
}

void AgentTable::put(const Agent& a) {
  database_.run(
      "INSERT INTO agents (name, config, changed) VALUES (?,?,?) "
      "ON CONFLICT (name) DO UPDATE SET config=excluded.config, changed=excluded.changed",
      a.name, a.config, a.changed);
}

void AgentTable::remove_agent(std::string_view name) {
  database_.run("DELETE FROM agents WHERE name = ?", name);
}

std::vector<Provider> AgentTable::providers() {
  std::vector<Provider> providers;
  Query rows =
      database_.query("SELECT stage, name, config, secrets, changed FROM providers ORDER BY stage, name");
  while (rows.next()) {
    Provider& p = providers.emplace_back();
    rows.into(p.stage, p.name, p.config, p.secrets, p.changed);
  }
  return providers;
}

void AgentTable::put(const Provider& p) {
  database_.run(
      "INSERT INTO providers (stage, name, config, secrets, changed) VALUES (?,?,?,?,?) "
      "ON CONFLICT (stage, name) DO UPDATE SET config=excluded.config, secrets=excluded.secrets, "
      "changed=excluded.changed",
      p.stage, p.name, p.config, p.secrets, p.changed);
}

void AgentTable::remove_provider(std::string_view stage, std::string_view name) {
  database_.run("DELETE FROM providers WHERE stage = ? AND name = ?", stage, name);
}

}  // namespace earshot::store::sqlite
