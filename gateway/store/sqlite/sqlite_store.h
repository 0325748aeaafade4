// The Store in an SQLite file: write-ahead log, one writer, any number of readers.
//
// Runs on: one thread at a time; a second connection of its own for each further thread.
#pragma once

#include <filesystem>
#include <memory>
#include <utility>

#include "common/base/clock.h"
#include "gateway/store/sqlite/agent_table.h"
#include "gateway/store/sqlite/audit_table.h"
#include "gateway/store/sqlite/command_table.h"
#include "gateway/store/sqlite/conversation_table.h"
#include "gateway/store/sqlite/device_table.h"
#include "gateway/store/sqlite/firmware_table.h"
#include "gateway/store/sqlite/lore_table.h"
#include "gateway/store/sqlite/memory_table.h"
#include "gateway/store/sqlite/operator_table.h"
#include "gateway/store/sqlite/setting_table.h"
#include "gateway/store/sqlite/token_table.h"
#include "gateway/store/sqlite/user_table.h"
#include "gateway/store/transactional_store.h"

namespace earshot::store::sqlite {

inline constexpr Milliseconds kBusyTimeout{5000};

class SqliteStore final : public TransactionalStore {
 public:
  // Makes the file (mode 0600) when there is none, and brings its schema up to date. A job waits for
  // `busy_timeout` at most while another program has the file's write lock.
  // Throws StartupError (kStore): what is wrong and what to do.
  static std::unique_ptr<SqliteStore> open(const std::filesystem::path& file,
                                           Milliseconds busy_timeout = kBusyTimeout);
  // A file that open() has made: what is written through here fails.
  // Throws StartupError (kStore).
  static std::unique_ptr<SqliteStore> open_reader(const std::filesystem::path& file);
  static std::unique_ptr<SqliteStore> in_memory();

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
  std::uint64_t rows_scanned() const { return database_.rows_scanned(); }  // for tests: database.h

 private:
  SqliteStore(Database database, Database::Access access) : database_(std::move(database)), access_(access) {}

  Database database_;
  Database::Access access_;
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

}  // namespace earshot::store::sqlite
