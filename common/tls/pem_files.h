// Certificates, keys and lists as small private files. Driver.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace earshot::tls {

inline constexpr std::size_t kMaxPemFileBytes = 1024 * 1024;  // a list of 10,000 revoked certificates

// Errors: kNotFound; kUnavailable, naming the file; kTooLarge.
Result<std::string> read_text_file(const std::filesystem::path& file);
// The same; kInvalid: others than its owner may read it. The group of a file of root's may, when we are not root.
Result<Secret> read_key_file(const std::filesystem::path& file);
// Makes the folder that the file is in (0700), unless it is there. What root makes belongs to the owner of the folder
// that it is made in.
// Errors: kUnavailable, naming what could not be made.
Status make_folder_of(const std::filesystem::path& file);
// Readable by its owner only (0600), in a private folder that is made for it. The owner is who writes; of what root
// writes, the owner of the folder. It appears whole or not at all, also when the machine loses power.
// Errors: kUnavailable.
Status write_private_text(const std::filesystem::path& file, std::string_view text);
// An empty file of the same kind, made unless it is there, and left open for the caller.
// Errors: kNotFound: there is no such folder; kUnavailable.
Result<int> open_lock_file(const std::filesystem::path& file);

}  // namespace earshot::tls
