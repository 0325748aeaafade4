#include "gateway/store/copy/postgres_end.h"

#include <utility>

#include "gateway/store/postgres/locks.h"
#include "gateway/store/postgres/lore_table.h"
#include "gateway/store/postgres/memory_table.h"
#include "gateway/store/postgres/migrations.h"
#include "gateway/store/postgres/values.h"

namespace earshot::store {

namespace {

// Whole tables are read and written.
constexpr Milliseconds kLongStatement = std::chrono::hours(2);
// The numbers go on behind those that were copied.
constexpr const char* kSetSequences =
    "SELECT setval(pg_get_serial_sequence('commands', 'seq'), greatest((SELECT max(seq) FROM commands), 1));"
    "SELECT setval(pg_get_serial_sequence('conversations', 'seq'), greatest((SELECT max(seq) FROM "
    "conversations), 1));"
    "SELECT setval(pg_get_serial_sequence('turns', 'seq'), greatest((SELECT max(seq) FROM turns), 1));"
    "SELECT setval(pg_get_serial_sequence('audit', 'id'), greatest((SELECT max(id) FROM audit), 1));"
    "SELECT setval(pg_get_serial_sequence('memory_owners', 'number'), greatest((SELECT max(number) FROM "
    "memory_owners), 1));"
    "SELECT setval(pg_get_serial_sequence('memory_turns', 'seq'), greatest((SELECT max(seq) FROM "
    "memory_turns), 1));"
    "SELECT setval(pg_get_serial_sequence('memory_facts', 'id'), greatest((SELECT max(id) FROM "
    "memory_facts), 1));"
    "SELECT setval(pg_get_serial_sequence('lore_agents', 'number'), greatest((SELECT max(number) FROM "
    "lore_agents), 1));"
    "SELECT setval(pg_get_serial_sequence('lore_documents', 'number'), greatest((SELECT max(number) FROM "
    "lore_documents), 1));"
    "SELECT setval(pg_get_serial_sequence('lore_passages', 'seq'), greatest((SELECT max(seq) FROM "
    "lore_passages), 1));";

class PostgresEnd final : public CopyEnd {
 public:
  explicit PostgresEnd(postgres::Settings settings) : database_(std::move(settings)) {
    database_.connect();
    postgres::migrate(database_, postgres::schema_steps());
    postgres::Rows others = database_.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'earshot %' AND pid <> pg_backend_pid()");
    if (others.next() && others.integer(0) > 0) {
      throw StoreError(ErrorCode::kUnavailable, "gateways are connected to the database: stop them first");
    }
  }

  void begin(bool writing) override {
    if (!writing) {
      database_.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return;
    }
    database_.script(std::string("BEGIN; ") + postgres::kLockWriters);
    writing_ = true;
  }
  std::uint64_t count(const CopiedTable& table) override {
    postgres::Rows row = database_.query(table.count);
    row.next();
    return static_cast<std::uint64_t>(row.integer(0));
  }
  void read(const CopiedTable& table, const std::function<void(const CopiedRow&)>& row) override {
    CopiedRow cells(table.kinds.size());
    database_.each(table.select, [&](const postgres::Rows& rows) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const int column = static_cast<int>(i);
        if (rows.is_null(column)) {
          cells[i] = std::monostate();
        } else if (table.kinds[i] == 'i') {
          cells[i] = rows.integer(column);
        } else if (table.kinds[i] == 't') {
          cells[i] = rows.text(column);
        } else {
          cells[i] = CopiedBytes{rows.text(column)};
        }
      }
      row(cells);
    });
  }
  void write(const CopiedTable& table, const CopiedRow& row) override {
    postgres::Parameters values;
    for (const CopiedCell& cell : row) {
      if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        values.add_integer(*number);
      } else if (const auto* text = std::get_if<std::string>(&cell)) {
        values.add_text(*text);
      } else if (const auto* bytes = std::get_if<CopiedBytes>(&cell)) {
        values.add_bytes(bytes->bytes);
      } else {
        values.add_null();
      }
    }
    database_.execute(table.insert, values);
  }
  void commit() override {
    if (writing_) {
      postgres::MemoryTable(database_).index_all();
      postgres::LoreTable(database_).index_all();
      database_.script(kSetSequences);
    }
    database_.script("COMMIT");
  }

 private:
  postgres::Database database_;
  bool writing_ = false;
};

}  // namespace

std::unique_ptr<CopyEnd> open_postgres_end(postgres::Settings settings) {
  settings.statement_timeout = kLongStatement;
  return std::make_unique<PostgresEnd>(std::move(settings));
}

}  // namespace earshot::store
