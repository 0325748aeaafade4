// The store as the gateway uses it: a file, a thread that writes, a thread that reads; or a PostgreSQL database
// that several gateways share.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "gateway/store/store_proxy.h"

namespace earshot::store {

// Opens or makes the file and brings it up to date. `busy_timeout`: how long a write waits while another program
// has the write lock (a backup, an open sqlite3 shell); then it fails with kUnavailable.
// Throws StartupError (kStore): what is wrong and what to do.
std::unique_ptr<StoreProxy> open_store(const std::filesystem::path& file,
                                       Milliseconds busy_timeout = Milliseconds(5000));

struct StorePlace {
  std::filesystem::path file;
  std::string url{};  // not empty: there and not in the file (store_url.h)
  Secret password{};
  std::string gateway{};  // this gateway's name there
};
// Throws StartupError (kStore), also when there is a URL and the program was built without PostgreSQL.
std::unique_ptr<StoreProxy> open_store(const StorePlace& place);

}  // namespace earshot::store
