#include "gateway/store/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "common/base/check.h"

namespace earshot::store::sqlite {

namespace {

ErrorCode error_code_of(int result) {
  switch (result & 0xff) {  // the low byte of an extended code
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return ErrorCode::kInvalid;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
      return ErrorCode::kUnavailable;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    default:
      return ErrorCode::kInternal;
  }
}

[[noreturn]] void fail(sqlite3* connection, int result) {
  const char* why = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(result);
  const ErrorCode code = error_code_of(result);
  throw StoreError(code, (code == ErrorCode::kUnavailable ? "the disk refused: " : "") + std::string(why));
}

void check(sqlite3* connection, int result) {
  if (result != SQLITE_OK) fail(connection, result);
}

}  // namespace

Query::Query(Query&& other) noexcept
    : statement_(other.statement_), busy_(std::exchange(other.busy_, nullptr)) {}

Query::~Query() {
  if (busy_ == nullptr) return;
  sqlite3_reset(statement_);  // tells the last failure again, which was thrown already
  sqlite3_clear_bindings(statement_);
  *busy_ = false;
}

void Query::bind_null(int parameter) {
  check(sqlite3_db_handle(statement_), sqlite3_bind_null(statement_, parameter));
}

void Query::bind_integer(int parameter, std::int64_t value) {
  check(sqlite3_db_handle(statement_), sqlite3_bind_int64(statement_, parameter, value));
}

// Copied: an argument may be gone before the first next(). A null pointer would become NULL, so an empty view
// is given as an empty literal.
void Query::bind_text(int parameter, std::string_view value) {
  const char* text = value.empty() ? "" : value.data();
  check(sqlite3_db_handle(statement_),
        sqlite3_bind_text64(statement_, parameter, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind_blob(int parameter, std::string_view value) {
  const char* bytes = value.empty() ? "" : value.data();
  check(sqlite3_db_handle(statement_),
        sqlite3_bind_blob64(statement_, parameter, bytes, value.size(), SQLITE_TRANSIENT));
}

bool Query::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_), result);
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Query::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);  // before column_bytes(), as its manual says
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

Database Database::open(const std::filesystem::path& file, Access access) {
  const int mode =
      access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  return open_connection(file.string(), mode);
}

Database Database::in_memory() {
  return open_connection(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

void Database::script(const std::string& text) {
  check(connection_.get(), sqlite3_exec(connection_.get(), text.c_str(), nullptr, nullptr, nullptr));
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

std::uint64_t Database::rows_scanned() const {
  std::uint64_t sum = 0;
  for (const auto& [text, prepared] : prepared_) {
    sum += static_cast<std::uint64_t>(
        sqlite3_stmt_status(prepared->statement.get(), SQLITE_STMTSTATUS_FULLSCAN_STEP, 0));
  }
  return sum;
}

void Database::Closer::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

void Database::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

// One thread uses a connection at a time, so it needs no mutexes of its own.
Database Database::open_connection(const std::string& name, int flags) {
  sqlite3* connection = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &connection,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(connection);  // also after a failure there is something to close
  check(connection, result);
  // A file made by somebody else must not run code of its own (triggers and views with functions).
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Query Database::prepare(Sql sql) {
  auto& slot = prepared_[sql.text().data()];
  if (!slot) {
    sqlite3_stmt* statement = nullptr;
    const int result =
        sqlite3_prepare_v3(connection_.get(), sql.text().data(), static_cast<int>(sql.text().size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) {
      prepared_.erase(sql.text().data());
      fail(connection_.get(), result);
    }
    slot = std::make_unique<Prepared>();
    slot->statement.reset(statement);
  }
  EARSHOT_CHECK(!slot->busy, "a statement is used while it is in use");
  slot->busy = true;
  return {slot->statement.get(), slot->busy};
}

std::size_t Database::finish(Query& query) {
  while (query.next()) {
  }
  return static_cast<std::size_t>(sqlite3_changes64(connection_.get()));
}

}  // namespace earshot::store::sqlite
