#include "gateway/store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "common/base/startup_error.h"
#include "gateway/store/sqlite/migrations.h"

namespace earshot::store::sqlite {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why,
                         const std::string& advice) {
  throw StartupError(ExitCode::kStore, "the database " + file.string() + ": " + why + "; " + advice);
}

std::string advice_for(const StoreError& failure) {
  switch (failure.code()) {
    case ErrorCode::kInvalid:
      return "start a newer program, or move the file away and a new one is made";
    case ErrorCode::kUnavailable:
      return "give this user the right to write there and see that the disk is not full (data_dir)";
    case ErrorCode::kNotFound:
    case ErrorCode::kTimeout:
    case ErrorCode::kTooLarge:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal:
      break;
  }
  return "it is damaged: put a backup in its place, or move it away and a new one is made";
}

// It holds password hashes and what people said. SQLite gives the log and the index beside it the same mode.
void make_private(const std::filesystem::path& file) {
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool made = fd >= 0 && ::fchmod(fd, S_IRUSR | S_IWUSR) == 0;
  const int why = errno;
  if (fd >= 0) ::close(fd);
  if (!made) {
    refuse(file, std::strerror(why), "give this user the right to write there (data_dir)");
  }
}

void configure(Database& database) {
  database.script(
      "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; "
      "PRAGMA cache_size = -16384;");
}

// NORMAL: a commit survives the end of this process at once, and a power cut as soon as the log is merged
// into the file (every 4 MB). The log is cut back to 64 MB after a burst.
void configure_writer(Database& database, Milliseconds busy_timeout) {
  configure(database);
  database.script("PRAGMA busy_timeout = " + std::to_string(busy_timeout.count()));
  database.script(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864;");
  migrate(database, schema_steps());
}

}  // namespace

std::unique_ptr<SqliteStore> SqliteStore::open(const std::filesystem::path& file, Milliseconds busy_timeout) {
  make_private(file);
  try {
    Database database = Database::open(file, Database::Access::kReadWrite);
    configure_writer(database, busy_timeout);
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), Database::Access::kReadWrite));
  } catch (const StoreError& failure) {
    refuse(file, failure.what(), advice_for(failure));
  }
}

std::unique_ptr<SqliteStore> SqliteStore::open_reader(const std::filesystem::path& file) {
  try {
    Database database = Database::open(file, Database::Access::kReadOnly);
    configure(database);
    return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), Database::Access::kReadOnly));
  } catch (const StoreError& failure) {
    refuse(file, failure.what(), advice_for(failure));
  }
}

std::unique_ptr<SqliteStore> SqliteStore::in_memory() {
  Database database = Database::in_memory();
  configure_writer(database, kBusyTimeout);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database), Database::Access::kReadWrite));
}

// The writer takes its lock at once: what it reads first cannot have changed when it writes.
void SqliteStore::begin() {
  if (access_ == Database::Access::kReadOnly) {
    database_.run("BEGIN");
  } else {
    database_.run("BEGIN IMMEDIATE");
  }
}

void SqliteStore::begin_job() {
  database_.run("SAVEPOINT job");
}

void SqliteStore::keep_job() {
  database_.run("RELEASE job");
}

void SqliteStore::undo_job() {
  database_.run("ROLLBACK TO job");
  database_.run("RELEASE job");
}

void SqliteStore::commit() {
  database_.run("COMMIT");
}

void SqliteStore::rollback() noexcept {
  if (!database_.in_transaction()) return;
  try {
    database_.run("ROLLBACK");
  } catch (const StoreError&) {  // it cannot fail while a transaction is open
  }
}

}  // namespace earshot::store::sqlite
