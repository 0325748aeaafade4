// The gateway's folder of its own authority (<data_dir>/pki, docs/deployment.md):
//   ca.pem, ca.key            the authority: who has the key can make workers
//   gateway.pem, gateway.key  what the gateway shows
//   workers/NAME.pem          each worker's latest certificate
//   revoked                   "SERIAL NAME" a line: certificates that are not taken any more
//   lock                      held by who writes
// earshotctl writes it and the gateway too (workers that join), each file whole and one writer at a time; nobody need
// be told, the gateway looks for changes. Driver.
//
// Runs on: any one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/tls/certificates.h"
#include "common/tls/folder_lock.h"
#include "common/tls/link_contexts.h"

namespace earshot::tls {

// 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a dot: it becomes a file's name and a worker's id.
bool is_worker_name(std::string_view name);

class PkiFolder {
 public:
  // A clock that is wrong by less than this does no harm: new certificates are good from so long ago on.
  static constexpr std::chrono::hours kBackdated{24};
  static constexpr std::chrono::hours kAuthorityDays{24 * 3650};
  // A worker or gateway is renewed by a join or by pki init --renew; the gateway tells when less than 30 days are left.
  static constexpr std::chrono::hours kCertificateDays{24 * 825};

  explicit PkiFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Worker {
    CertificateFacts facts;
    bool revoked = false;
  };
  using Serials = std::set<std::string, std::less<>>;

  bool exists() const;
  const std::filesystem::path& path() const { return folder_; }
  // Of all that write: kUnavailable, also when another writer holds the lock for longer than FolderLock waits.
  // Makes the authority and the gateway's certificate.
  // Errors: kInvalid: it is there already, and not to be made anew; kUnavailable.
  Status init(const std::vector<std::string>& hosts, WallTime now, bool anew) const;
  // Only the gateway's certificate; without hosts for those that it had. Workers need not join again.
  Status renew_gateway(const std::vector<std::string>& hosts, WallTime now) const;
  // Key and certificate made here, for a worker that cannot join.
  // Errors: kInvalid: a bad name, or one that is taken and not to be replaced. What it had is revoked once the new
  // one is made, and stays good when none is.
  Result<LinkIdentity> make_worker(const std::string& name, WallTime now, bool replace) const;
  // For a worker that asks with its own key; the same otherwise.
  Result<std::string> sign_worker(const std::string& name, const std::string& request, WallTime now,
                                  bool replace) const;
  // All certificates of that worker that are known.
  // Errors: kNotFound.
  Status revoke(const std::string& name) const;

  // Errors, of those below: kNotFound, kInvalid, kUnavailable, naming the file.
  Result<LinkIdentity> gateway() const;
  Result<CertificateFacts> authority_facts() const;
  Result<CertificateFacts> gateway_facts() const;
  Result<Serials> revoked() const;
  std::vector<Worker> workers() const;  // by name
  // By whose change the gateway knows that something is new.
  std::vector<std::filesystem::path> watched() const;

 private:
  // The certificate of a name that has to be revoked before another one is kept for it.
  using Held = std::optional<CertificateFacts>;
  Result<Identity> authority() const;
  Error no_authority() const;
  Result<FolderLock> locked() const;
  Status make_gateway(std::vector<std::string> hosts, WallTime now) const;
  Result<Held> held(const std::string& name, bool replace) const;
  Status keep(const std::string& name, const std::string& certificate, const Held& had) const;
  Status add_revoked(const CertificateFacts& facts) const;
  std::filesystem::path worker_file(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace earshot::tls
