// A real PostgreSQL server of a test's own, from Debian's package: in a folder of its own, on a Unix socket
// only, without fsync. It runs as nobody where the test is root, which the server refuses to be.
#pragma once

#include <memory>
#include <string>

#include "tests/e2e/child_process.h"

namespace earshot::fakes {

class PostgresServer {
 public:
  // RETURNS: why there can be none here; empty: there can.
  static std::string missing();

  PostgresServer();  // runs; throws std::runtime_error with the log's end otherwise
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A new and empty database.
  // RETURNS: its address, as store.url takes it.
  std::string new_database();
  // What the statement gives, as psql prints it without ornaments.
  std::string sql(const std::string& url, const std::string& statement) const;

  void stop();  // as an administrator would: connections are ended
  void start();
  void freeze(bool frozen);  // it takes what is sent and answers nothing

 private:
  std::string folder_;
  int databases_ = 0;
  std::unique_ptr<e2e::ChildProcess> server_;
};

}  // namespace earshot::fakes
