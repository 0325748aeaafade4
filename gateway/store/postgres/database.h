// A connection to a PostgreSQL server and its prepared statements: the only file pair that calls libpq.
//
// Runs on: one thread at a time; each call may block until the settings' timeouts.
// Owns: the connection. One that is lost is given up at once and made anew by connect() alone: what a session
// holds (a transaction, LISTEN, locks) never vanishes unseen.
// Errors: StoreError; the server's first line is in it, values and the password are not. What may be done
// about it: trouble().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/store/postgres/settings.h"
#include "gateway/store/sql.h"
#include "gateway/store/transactional_store.h"

struct pg_conn;
struct pg_result;

namespace earshot::store::postgres {

// The values of a statement, in order. How types become values and back: values.h.
class Parameters {
 public:
  void add_null();
  void add_integer(std::int64_t value);
  void add_text(std::string_view value);   // any bytes (text_escape.h)
  void add_bytes(std::string_view value);  // for BYTEA

 private:
  friend class Database;
  struct Value {
    std::string bytes;
    bool is_null = false;
    bool is_binary = false;
  };
  std::vector<Value> values_;
};

// What a statement gave. Columns count from 0.
class Rows {
 public:
  bool next();  // RETURNS: whether there is a (further) row
  bool is_null(int column) const;
  std::int64_t integer(int column) const;   // of any width, and of a BOOLEAN
  std::string_view view(int column) const;  // the bytes as the server holds them
  std::string text(int column) const;       // of a TEXT or BYTEA, as it was given
  std::size_t changed() const;              // rows that an INSERT, UPDATE or DELETE changed
  std::string_view command() const;         // what was done: COMMIT, ROLLBACK, ...
  // All columns in order.
  template <class... Values>
  void into(Values&... values) const {
    int column = -1;
    (get_value(*this, ++column, values), ...);
  }

 private:
  friend class Database;
  struct Clearer {
    void operator()(pg_result* result) const;
  };
  explicit Rows(pg_result* result) : result_(result) {}
  std::unique_ptr<pg_result, Clearer> result_;
  int row_ = -1;
};

// What another session has told (NOTIFY).
struct Notification {
  std::string channel;
  std::string payload;
};

class Database {
 public:
  explicit Database(Settings settings) : settings_(std::move(settings)) {}

  // A fresh session; one that there is is ended.
  // Throws StoreError: kUnavailable (nobody answers), kInvalid (it is there and refuses us).
  void connect();
  void disconnect() { connection_.reset(); }
  bool connected() const { return connection_ != nullptr; }
  const Settings& settings() const { return settings_; }

  // `?` stands for each value.
  template <class... Values>
  Rows query(Sql sql, const Values&... values) {
    Parameters parameters;
    (put_value(parameters, values), ...);
    return execute(sql, parameters);
  }
  // RETURNS: how many rows were changed.
  template <class... Values>
  std::size_t run(Sql sql, const Values&... values) {
    return query(sql, values...).changed();
  }
  Rows execute(Sql sql, const Parameters& parameters);
  // Several statements without parameters: migrations, transactions, settings.
  // RETURNS: what the last one gave, columns as texts.
  Rows script(const std::string& text);
  // As query(), row by row: for more than fits into memory. `row` must not use the database.
  template <class Row>
  void each(Sql sql, Row&& row) {
    begin_rows(sql);
    while (true) {
      Rows rows = next_rows();
      if (!rows.next()) break;
      row(rows);
    }
  }

  bool in_transaction() const;
  // Of the last failure: whether the connection was lost, or the same may simply be tried again.
  Trouble trouble() const { return trouble_; }
  void note(Trouble trouble) { trouble_ = trouble; }

  // The socket, to wait at for notifications; -1: not connected.
  int socket() const;
  // Reads what has come, without waiting.
  // Throws StoreError: the connection is lost.
  std::vector<Notification> notifications();

 private:
  struct Closer {
    void operator()(pg_conn* connection) const;
  };
  const std::string& prepared(Sql sql);
  Rows finish(bool sent);
  void wait(bool for_writing, SteadyTime deadline);
  Rows checked(pg_result* result);
  void begin_rows(Sql sql);
  Rows next_rows();
  [[noreturn]] void lose(const std::string& why);

  Settings settings_;
  std::unique_ptr<pg_conn, Closer> connection_;
  std::unordered_map<const char*, std::string> prepared_;  // name, by the address of the text, a constant
  Trouble trouble_ = Trouble::kNone;
  SystemClock clock_;
};

}  // namespace earshot::store::postgres
