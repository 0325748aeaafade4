// Private files of one run: the broker's configuration and keys.
#pragma once

#include <filesystem>
#include <string_view>

#include "common/base/result.h"

namespace earshot::broker {

// Makes the folder (0700), or takes one that exists if it is ours.
// Errors: kInvalid when it is a link, no folder or somebody else's (who could read the keys or change the
// configuration), kUnavailable when the system refuses.
Status prepare_run_folder(const std::filesystem::path& folder);

// Writes the whole file anew, readable by us only (0600).
// Errors: kUnavailable.
Status write_private_file(const std::filesystem::path& file, std::string_view content);

}  // namespace earshot::broker
