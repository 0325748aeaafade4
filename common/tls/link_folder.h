// A worker's folder: what it is by, and the gateways that it joined.
//   ca.pem       the authority of its gateways
//   worker.pem   its certificate, whose common name is the worker's id
//   worker.key   its key
//   gateways     their addresses, one a line; not there when the folder was made by earshotctl pki worker
// Driver.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/tls/link_contexts.h"

namespace earshot::tls {

struct WorkerIdentity {
  std::string name;
  WallTime until;  // when the certificate expires
  LinkIdentity identity;
  std::vector<std::string> gateways;  // "tls:HOST:PORT"
};

// Errors: kNotFound: there is none; kInvalid, kUnavailable: what is wrong with which file.
Result<WorkerIdentity> read_link_folder(const std::filesystem::path& folder);
// Errors: kUnavailable.
Status write_link_folder(const std::filesystem::path& folder, const LinkIdentity& identity,
                         const std::vector<std::string>& gateways);

}  // namespace earshot::tls
