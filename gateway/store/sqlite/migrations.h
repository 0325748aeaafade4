// The schema as a numbered list of steps, and how a file is brought to the newest one.
//
// A step that has been released is never changed: a new one is added behind it.
#pragma once

#include <span>
#include <string>

#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

// Step i makes version i + 1 (PRAGMA user_version) of version i.
std::span<const char* const> schema_steps();

// Applies the steps that `database` lacks, each in one transaction.
// Throws StoreError: kInvalid when it is of a newer program or of another one altogether.
void migrate(Database& database, std::span<const char* const> steps);

}  // namespace earshot::store::sqlite
