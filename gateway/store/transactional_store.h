// A Store that a store thread drives: many jobs in one transaction, each of which can be undone alone.
#pragma once

#include "gateway/store/store.h"

namespace earshot::store {

// What a failure says about the next attempt. kAgain: somebody else was in the way, the same transaction may
// succeed at once. kAway: the database is not there; begin() looks for it anew.
enum class Trouble { kNone, kAgain, kAway };

// Runs on: one thread at a time. begin() -> (begin_job() -> keep_job()
// or undo_job())* -> commit() or rollback().
class TransactionalStore : public Store {
 public:
  virtual void begin() = 0;
  virtual void begin_job() = 0;
  virtual void keep_job() = 0;
  virtual void undo_job() = 0;
  virtual void commit() = 0;             // throws StoreError: nothing of the transaction was kept
  virtual void rollback() noexcept = 0;  // also when there is none any more
  // False after a failure so bad that the database has ended the transaction itself (disk full).
  virtual bool in_transaction() const = 0;

  // Of the last failure.
  virtual Trouble trouble() const { return Trouble::kNone; }
  // After a commit() that ended with kAway: the database may have made it and been lost before it said so.
  // RETURNS: whether it was made.
  // Throws StoreError: it cannot be asked (yet).
  virtual bool was_committed() { return false; }
};

}  // namespace earshot::store
