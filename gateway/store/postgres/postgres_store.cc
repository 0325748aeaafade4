#include "gateway/store/postgres/postgres_store.h"

#include <thread>
#include <utility>

#include "common/base/startup_error.h"
#include "gateway/store/postgres/locks.h"
#include "gateway/store/postgres/migrations.h"
#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

// The session of a gateway that was just killed may be there a little longer.
constexpr int kNameTries = 24;
constexpr Milliseconds kNamePause{500};

}  // namespace

std::unique_ptr<PostgresStore> PostgresStore::open(const Settings& settings) {
  std::unique_ptr<PostgresStore> store(new PostgresStore(settings, Access::kReadWrite));
  try {
    store->connect();
    migrate(store->database_, schema_steps());
    for (int tries = 1; !store->name_is_ours_; ++tries) {
      if (tries == kNameTries) {
        throw StoreError(ErrorCode::kInvalid, "another gateway uses it under the name '" + settings.gateway +
                                                  "': give each its own (store.gateway)");
      }
      std::this_thread::sleep_for(kNamePause);
      store->take_name();
    }
    return store;
  } catch (const StoreError& failure) {
    const std::string advice =
        failure.code() == ErrorCode::kInvalid
            ? "start a newer program, use another database, or name this gateway anew"
            : "see that the server runs and lets us in (store.url, store.password_file or "
              "store.password_env; docs/store.md)";
    throw StartupError(ExitCode::kStore, std::string(failure.what()) + "; " + advice);
  }
}

std::unique_ptr<PostgresStore> PostgresStore::reader(const Settings& settings) {
  return std::unique_ptr<PostgresStore>(new PostgresStore(settings, Access::kReadOnly));
}

void PostgresStore::connect() {
  database_.connect();
  database_.query("SELECT set_config('earshot.gateway', ?, false)",
                  std::string_view(database_.settings().gateway));
  if (access_ == Access::kReadWrite) take_name();
}

// Two gateways of one name would finish each other's commands. Held for as long as the session; not asked for
// after start: then the one who holds it is our own lost session.
void PostgresStore::take_name() {
  Rows taken = database_.query("SELECT pg_try_advisory_lock(1164014196, hashtext(?))",
                               std::string_view(database_.settings().gateway));
  name_is_ours_ = taken.next() && taken.integer(0) != 0;
}

// A reader sees one moment of the database for the whole job.
void PostgresStore::begin() {
  if (!database_.connected()) connect();
  job_open_ = false;
  if (access_ == Access::kReadOnly) {
    database_.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return;
  }
  Rows number = database_.script(std::string("BEGIN; ") + kLockWriters + "SELECT txid_current();");
  transaction_ = number.next() ? number.text(0) : std::string();
}

// A reader's job is its transaction: nothing needs undoing.
void PostgresStore::begin_job() {
  if (access_ == Access::kReadOnly) return;
  database_.script(job_open_ ? "RELEASE SAVEPOINT job; SAVEPOINT job" : "SAVEPOINT job");
  job_open_ = false;
}

// The savepoint goes with the next statement that has to be sent anyway, or with the transaction.
void PostgresStore::keep_job() {
  job_open_ = true;
}

void PostgresStore::undo_job() {
  database_.script(access_ == Access::kReadOnly ? "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                                : "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job");
  job_open_ = false;
}

// The server answers the commit of a transaction that has failed with a ROLLBACK, and no error.
void PostgresStore::commit() {
  const Rows made = database_.script("COMMIT");
  transaction_.clear();
  if (made.command() != "COMMIT") throw StoreError("the database has rolled back what was to be kept");
}

void PostgresStore::rollback() noexcept {
  if (!database_.in_transaction()) return;
  const Trouble why = database_.trouble();
  try {
    database_.script("ROLLBACK");
    database_.note(why);
  } catch (const StoreError&) {  // then the connection is gone, and the transaction with it
  }
}

// The server knows what became of its latest transactions. One whose connection broke may still be under way:
// then whoever asks again is told.
bool PostgresStore::was_committed() {
  if (transaction_.empty()) return false;
  if (!database_.connected()) connect();
  Rows row = database_.query("SELECT txid_status(?)", std::strtoll(transaction_.c_str(), nullptr, 10));
  const std::string status = row.next() && !row.is_null(0) ? row.text(0) : std::string();
  if (status == "in progress") {
    database_.note(Trouble::kAway);
    throw StoreError(ErrorCode::kUnavailable,
                     "the database is still ending the last connection's transaction");
  }
  transaction_.clear();
  return status == "committed";
}

}  // namespace earshot::store::postgres
