#include "gateway/store/copy/sqlite_end.h"

#include <utility>

#include "common/base/startup_error.h"
#include "gateway/store/sqlite/lore_table.h"
#include "gateway/store/sqlite/memory_table.h"
#include "gateway/store/sqlite/sqlite_store.h"
#include "gateway/store/sqlite/values.h"

namespace earshot::store {

namespace {

class SqliteEnd final : public CopyEnd {
 public:
  explicit SqliteEnd(sqlite::Database database) : database_(std::move(database)) {}

  void begin(bool) override { database_.run("BEGIN IMMEDIATE"); }
  std::uint64_t count(const CopiedTable& table) override {
    sqlite::Query row = database_.query(table.count);
    row.next();
    return static_cast<std::uint64_t>(row.integer(0));
  }
  void read(const CopiedTable& table, const std::function<void(const CopiedRow&)>& row) override {
    sqlite::Query rows = database_.query(table.select);
    CopiedRow cells(table.kinds.size());
    while (rows.next()) {
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
    }
  }
  void write(const CopiedTable& table, const CopiedRow& row) override {
    sqlite::Query query = database_.query(table.insert);
    int parameter = 0;
    for (const CopiedCell& cell : row) {
      ++parameter;
      if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        query.bind_integer(parameter, *number);
      } else if (const auto* text = std::get_if<std::string>(&cell)) {
        query.bind_text(parameter, *text);
      } else if (const auto* bytes = std::get_if<CopiedBytes>(&cell)) {
        query.bind_blob(parameter, bytes->bytes);
      } else {
        query.bind_null(parameter);
      }
    }
    query.next();
  }
  void commit() override {
    sqlite::MemoryTable(database_).index_all();
    sqlite::LoreTable(database_).index_all();
    database_.run("COMMIT");
  }

 private:
  sqlite::Database database_;
};

}  // namespace

std::unique_ptr<CopyEnd> open_sqlite_end(const std::filesystem::path& file, bool make) {
  if (!make && !std::filesystem::exists(file)) {
    throw StartupError(ExitCode::kStore, "the database " + file.string() + ": there is no such file");
  }
  // Makes the file private and brings it up to date, as a gateway would.
  sqlite::SqliteStore::open(file);
  return std::make_unique<SqliteEnd>(sqlite::Database::open(file, sqlite::Database::Access::kReadWrite));
}

}  // namespace earshot::store
