// A PostgreSQL database as an end of a copy. No gateway may be connected to it.
#pragma once

#include <memory>

#include "gateway/store/copy/copy_end.h"
#include "gateway/store/postgres/settings.h"

namespace earshot::store {

// Throws StartupError and StoreError.
std::unique_ptr<CopyEnd> open_postgres_end(postgres::Settings settings);

}  // namespace earshot::store
