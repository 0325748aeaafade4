#include "gateway/store/sqlite/audit_table.h"

#include "gateway/store/cursor.h"
#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

void AuditTable::add(const AuditEntry& e) {
  database_.run("INSERT INTO audit (at, who, action, target, detail, peer) VALUES (?,?,?,?,?,?)", e.at, e.who,
                e.action, e.target, e.detail, e.peer);
}

Page<AuditEntry> AuditTable::list(const PageRequest& page) {
  const std::size_t limit = page_limit(page.limit);
  Query rows = database_.query(
      "SELECT id, at, who, action, target, detail, peer FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
      row_before(page.before), limit + 1);
  return read_page<AuditEntry>(rows, limit, [](const Query& row) {
    AuditEntry e;
    row.into(e.id, e.at, e.who, e.action, e.target, e.detail, e.peer);
    return e;
  });
}

std::size_t AuditTable::remove_before(WallTime time, std::size_t limit) {
  return database_.run(
      "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)", time, limit);
}

}  // namespace earshot::store::sqlite
