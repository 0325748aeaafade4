#include "common/tls/link_folder.h"

#include <sstream>

#include "common/tls/pem_files.h"

namespace earshot::tls {

Result<WorkerIdentity> read_link_folder(const std::filesystem::path& folder) {
  auto certificate = read_text_file(folder / "worker.pem");
  if (!certificate) return certificate.error();
  auto key = read_key_file(folder / "worker.key");
  if (!key) return Error{ErrorCode::kInvalid, key.error().message};
  auto authority = read_text_file(folder / "ca.pem");
  if (!authority) return Error{ErrorCode::kInvalid, authority.error().message};
  const auto facts = facts_of(*certificate);
  if (!facts)
    return Error{ErrorCode::kInvalid, (folder / "worker.pem").string() + ": " + facts.error().message};
  WorkerIdentity found{
      .name = facts->name,
      .until = facts->until,
      .identity = {.authority = std::move(authority).value(),
                   .own = {.certificate = std::move(certificate).value(), .key = std::move(key).value()}},
      .gateways = {}};
  const auto listed = read_text_file(folder / "gateways");
  if (!listed && listed.error().code != ErrorCode::kNotFound) return listed.error();
  if (listed) {
    std::istringstream lines(*listed);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) found.gateways.push_back(line);
    }
  }
  return found;
}

// The key first: a certificate is there only when all it needs is.
Status write_link_folder(const std::filesystem::path& folder, const LinkIdentity& identity,
                         const std::vector<std::string>& gateways) {
  std::string list;
  for (const std::string& gateway : gateways) list += gateway + "\n";
  if (auto done = write_private_text(folder / "worker.key", identity.own.key.reveal()); !done) return done;
  if (auto done = write_private_text(folder / "ca.pem", identity.authority); !done) return done;
  if (!gateways.empty()) {
    if (auto done = write_private_text(folder / "gateways", list); !done) return done;
  }
  return write_private_text(folder / "worker.pem", identity.own.certificate);
}

}  // namespace earshot::tls
