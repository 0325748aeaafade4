// The store as the gateway uses it: a file, a thread that writes, a thread that reads.
#pragma once

#include <filesystem>
#include <memory>

#include "common/base/clock.h"
#include "gateway/store/store_proxy.h"

namespace earshot::store {

// Opens or makes the file and brings it up to date. `busy_timeout`: how long a write waits while another program
// has the write lock (a backup, an open sqlite3 shell); then it fails with kUnavailable.
// Throws StartupError (kStore): what is wrong and what to do.
std::unique_ptr<StoreProxy> open_store(const std::filesystem::path& file,
                                       Milliseconds busy_timeout = Milliseconds(5000));

}  // namespace earshot::store
