// The Store in a PostgreSQL database that several gateways share.
//
// Runs on: one thread at a time; a second connection of its own for each further thread.
// Writers take turns (locks.h): read committed is enough then, and nobody's transaction fails for another's.
// A gateway that is stopped in its turn is ended by the server after 15 s.
#pragma once

#include <memory>
#include <string>

#include "gateway/store/postgres/agent_table.h"
#include "gateway/store/postgres/audit_table.h"
#include "gateway/store/postgres/command_table.h"
#include "gateway/store/postgres/conversation_table.h"
#include "gateway/store/postgres/device_table.h"
#include "gateway/store/postgres/firmware_table.h"
#include "gateway/store/postgres/lore_table.h"
#include "gateway/store/postgres/memory_table.h"
#include "gateway/store/postgres/operator_table.h"
#include "gateway/store/postgres/setting_table.h"
#include "gateway/store/postgres/token_table.h"
#include "gateway/store/postgres/user_table.h"
#include "gateway/store/transactional_store.h"

namespace earshot::store::postgres {

class PostgresStore final : public TransactionalStore {
 public:
  // Connects and brings the schema up to date.
  // Throws StartupError (kStore): what is wrong and what to do.
  static std::unique_ptr<PostgresStore> open(const Settings& settings);
  // Reads only. Connects at the first begin().
  static std::unique_ptr<PostgresStore> reader(const Settings& settings);

  DeviceRepository& devices() override { return devices_; }
  UserRepository& users() override { return users_; }
  TokenRepository& tokens() override { return tokens_; }
  OperatorRepository& operators() override { return operators_; }
  AgentRepository& agents() override { return agents_; }
  FirmwareRepository& firmware() override { return firmware_; }
  CommandRepository& commands() override { return commands_; }
  ConversationRepository& conversations() override { return conversations_; }
  AuditRepository& audit() override { return audit_; }
  SettingRepository& settings() override { return settings_; }
  MemoryRepository* memory() override { return &memory_; }
  LoreRepository* lore() override { return &lore_; }

  void begin() override;
  void begin_job() override;
  void keep_job() override;
  void undo_job() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() const override { return database_.in_transaction(); }
  Trouble trouble() const override { return database_.trouble(); }
  bool was_committed() override;

 private:
  enum class Access { kReadWrite, kReadOnly };
  PostgresStore(const Settings& settings, Access access) : database_(settings), access_(access) {}
  void connect();
  void take_name();

  Database database_;
  Access access_;
  std::string transaction_;  // its number while there is one, and after a commit without an answer
  bool name_is_ours_ = false;
  bool job_open_ = false;  // a savepoint that the next statement can release
  DeviceTable devices_{database_};
  UserTable users_{database_};
  TokenTable tokens_{database_};
  OperatorTable operators_{database_};
  AgentTable agents_{database_};
  FirmwareTable firmware_{database_};
  CommandTable commands_{database_};
  ConversationTable conversations_{database_};
  AuditTable audit_{database_};
  SettingTable settings_{database_};
  MemoryTable memory_{database_};
  LoreTable lore_{database_};
};

}  // namespace earshot::store::postgres
