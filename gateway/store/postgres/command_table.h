// Commands and their receipts, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class CommandTable final : public CommandRepository {
 public:
  explicit CommandTable(Database& database) : database_(database) {}

  void put(const Command& command) override;
  std::optional<Command> find(std::string_view by, std::string_view id) override;
  std::optional<Command> find(std::string_view id) override;
  Page<Command> list(const CommandFilter& filter, const PageRequest& page) override;
  std::vector<Command> unfinished() override;
  std::size_t remove_before(WallTime time, std::size_t limit) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
