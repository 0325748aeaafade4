// An SQLite connection and its prepared statements: the only file pair that calls the library.
//
// Runs on: one thread at a time.
// Owns: the connection.
// Errors: StoreError; texts of the library are in it, values are not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/store/sql.h"
#include "gateway/store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace earshot::store::sqlite {

// A statement in use; reset and given back when this is destroyed. Columns count from 0, parameters from 1.
// How types become values and back: values.h.
class Query {
 public:
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  void bind_null(int parameter);
  void bind_integer(int parameter, std::int64_t value);
  void bind_text(int parameter, std::string_view value);
  void bind_blob(int parameter, std::string_view value);

  bool next();  // RETURNS: whether there is a row
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view view(int column) const;  // of a text or blob, until the next next()
  std::string text(int column) const { return std::string(view(column)); }
  // All columns in order.
  template <class... Values>
  void into(Values&... values) const {
    int column = -1;
    (get_value(*this, ++column, values), ...);
  }

 private:
  friend class Database;
  Query(sqlite3_stmt* statement, bool& busy) : statement_(statement), busy_(&busy) {}
  sqlite3_stmt* statement_;
  bool* busy_;  // null after it was moved from
};

class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };  // kReadWrite makes the file when there is none

  static Database open(const std::filesystem::path& file, Access access);
  static Database in_memory();

  // The values are bound in order.
  template <class... Values>
  Query query(Sql sql, const Values&... values) {
    Query query = prepare(sql);
    int parameter = 0;
    (put_value(query, ++parameter, values), ...);
    return query;
  }
  // RETURNS: how many rows were changed.
  template <class... Values>
  std::size_t run(Sql sql, const Values&... values) {
    Query query = this->query(sql, values...);
    return finish(query);
  }
  // Several statements without parameters: migrations and settings.
  void script(const std::string& text);

  bool in_transaction() const;
  // Rows that all statements so far have read because no index led to those they wanted.
  std::uint64_t rows_scanned() const;

 private:
  struct Closer {
    void operator()(sqlite3* connection) const;
  };
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, Finalizer> statement;
    bool busy = false;
  };

  explicit Database(sqlite3* connection) : connection_(connection) {}
  static Database open_connection(const std::string& name, int flags);
  Query prepare(Sql sql);
  std::size_t finish(Query& query);

  std::unique_ptr<sqlite3, Closer> connection_;
  // By the address of their text, which is a constant.
  std::unordered_map<const char*, std::unique_ptr<Prepared>> prepared_;
};

}  // namespace earshot::store::sqlite
