// The advisory locks that programs of ours take in a shared database. Their numbers are "Ears" and a count, to
// keep apart from those of other programs in the same database.
#pragma once

namespace earshot::store::postgres {

// One writes at a time, as in an SQLite file: what a job reads first cannot have changed when it writes. Both
// are let go at the end of the transaction.
inline constexpr const char* kLockWriters = "SELECT pg_advisory_xact_lock(1164014195, 1);";
inline constexpr const char* kLockMigrations = "SELECT pg_advisory_xact_lock(1164014195, 2);";

}  // namespace earshot::store::postgres
