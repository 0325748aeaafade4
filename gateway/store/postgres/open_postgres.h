// The store in a shared PostgreSQL database: a thread that writes, two that read, one that hears of changes.
// Each has a connection of its own (four a gateway).
#pragma once

#include <memory>

#include "gateway/store/postgres/settings.h"
#include "gateway/store/store_proxy.h"

namespace earshot::store::postgres {

// Throws StartupError (kStore): what is wrong and what to do.
std::unique_ptr<StoreProxy> open_postgres(const Settings& settings);

}  // namespace earshot::store::postgres
