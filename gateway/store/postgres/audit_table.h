// The audit log, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class AuditTable final : public AuditRepository {
 public:
  explicit AuditTable(Database& database) : database_(database) {}

  void add(const AuditEntry& entry) override;
  Page<AuditEntry> list(const PageRequest& page) override;
  std::size_t remove_before(WallTime time, std::size_t limit) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
