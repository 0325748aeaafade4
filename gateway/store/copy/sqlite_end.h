// An SQLite file as an end of a copy. No gateway may run on it: whoever calls sees to that.
#pragma once

#include <filesystem>
#include <memory>

#include "gateway/store/copy/copy_end.h"

namespace earshot::store {

// `make`: a file that is not there is made, else it is refused.
// Throws StartupError.
std::unique_ptr<CopyEnd> open_sqlite_end(const std::filesystem::path& file, bool make);

}  // namespace earshot::store
