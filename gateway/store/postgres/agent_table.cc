#include "gateway/store/postgres/agent_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

std::vector<Agent> AgentTable::agents() {
  std::vector<Agent> agents;
  Rows rows = database_.query("SELECT name, config, changed FROM agents ORDER BY name");
  while (rows.next()) {
    Agent& a = agents.emplace_back();
    rows.into(a.name, a.config, a.changed);
  }
  return agents;
}

void AgentTable::put(const Agent& a) {
  database_.run(
      "INSERT INTO agents (name, config, changed) VALUES (?,?,?) "
      "ON CONFLICT (earshot_key(name)) DO UPDATE SET config=excluded.config, changed=excluded.changed",
      a.name, a.config, a.changed);
}

void AgentTable::remove_agent(std::string_view name) {
  database_.run("DELETE FROM agents WHERE earshot_key(name) = earshot_key(?)", name);
}

std::vector<Provider> AgentTable::providers() {
  std::vector<Provider> providers;
  Rows rows =
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
      "ON CONFLICT (earshot_key(stage), earshot_key(name)) DO UPDATE SET config=excluded.config, "
      "secrets=excluded.secrets, "
      "changed=excluded.changed",
      p.stage, p.name, p.config, p.secrets, p.changed);
}

void AgentTable::remove_provider(std::string_view stage, std::string_view name) {
  database_.run(
      "DELETE FROM providers WHERE earshot_key(stage) = earshot_key(?) AND earshot_key(name) = "
      "earshot_key(?)",
      stage, name);
}

}  // namespace earshot::store::postgres
