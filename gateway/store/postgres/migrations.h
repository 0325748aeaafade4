// The schema as a numbered list of steps, and how a database is brought to the newest one.
//
// A step that has been released is never changed: a new one is added behind it.
#pragma once

#include <span>

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

// Step i makes version i + 1 (table earshot_schema) of version i.
std::span<const char* const> schema_steps();

// Applies the steps that the database lacks, all in one transaction. Of gateways that start together one does
// it and the others wait (an advisory lock).
// Throws StoreError: kInvalid when it is of a newer program, or has tables of another one.
void migrate(Database& database, std::span<const char* const> steps);

}  // namespace earshot::store::postgres
