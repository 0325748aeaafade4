// A new worker gets its certificate from a gateway, by a line that earshotctl workers join-token printed. The key is
// made here and stays here; the gateway is known by the fingerprint in the line, so nobody is trusted on sight.
//
// Blocks, at most about 20 s; before anything else of the process runs.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.h"

namespace earshot::worker {

// `folder` is filled as common/tls/link_folder.h tells; a gateway of the same authority is added to those that are
// known there. `name`: what it would be called; the token may name another.
// RETURNS: its name.
// Errors: one line that says what to do.
Result<std::string> join_gateway(const std::string& line, const std::filesystem::path& folder,
                                 const std::string& name);

// This machine's, of the characters that a worker's name may have.
std::string host_name();

}  // namespace earshot::worker
