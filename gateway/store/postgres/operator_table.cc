#include "gateway/store/postgres/operator_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

std::vector<BrokerOperator> OperatorTable::all() {
  std::vector<BrokerOperator> operators;
  Rows rows =
      database_.query("SELECT name, password_hash, user_tools, texts, created FROM operators ORDER BY name");
  while (rows.next()) {
    BrokerOperator& o = operators.emplace_back();
    rows.into(o.name, o.password_hash, o.user_tools, o.texts, o.created);
  }
  return operators;
}

void OperatorTable::put(const BrokerOperator& o) {
  database_.run(
      "INSERT INTO operators (name, password_hash, user_tools, texts, created) VALUES (?,?,?,?,?) "
      "ON CONFLICT (earshot_key(name)) DO UPDATE SET password_hash=excluded.password_hash, "
      "user_tools=excluded.user_tools, texts=excluded.texts, created=excluded.created",
      o.name, o.password_hash, o.user_tools, o.texts, o.created);
}

void OperatorTable::remove(std::string_view name) {
  database_.run("DELETE FROM operators WHERE earshot_key(name) = earshot_key(?)", name);
}

}  // namespace earshot::store::postgres
