// The store as the gateway uses it: a file, a thread that writes, a thread that reads.
#pragma once

#include <filesystem>
#include <memory>

#include "gateway/store/store_proxy.h"

namespace earshot::store {

// Opens or makes the file and brings it up to date.
// Throws StartupError (kStore): what is wrong and what to do.
std::unique_ptr<StoreProxy> open_store(const std::filesystem::path& file);

}  // namespace earshot::store
