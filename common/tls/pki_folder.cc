#include "common/tls/pki_folder.h"

#include <algorithm>
#include <sstream>

#include "common/tls/folder_lock.h"
#include "common/tls/pem_files.h"

namespace earshot::tls {

namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxListed = 10'000;

CertificateWish wish_for(const std::string& name, WallTime now) {
  return {.kind = CertificateWish::Kind::kWorker,
          .name = name,
          .hosts = {},
          .validity = {.from = now - PkiFolder::kBackdated, .until = now + PkiFolder::kCertificateDays}};
}

Result<CertificateFacts> facts_in(const std::filesystem::path& file) {
  const auto text = read_text_file(file);
  if (!text) return text.error();
  auto facts = facts_of(*text);
  if (!facts) return Error{ErrorCode::kInvalid, file.string() + ": " + facts.error().message};
  return facts;
}

}  // namespace

bool is_worker_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string_view::npos;
}

bool PkiFolder::exists() const {
  std::error_code ignored;  // what cannot be looked at cannot be used
  return std::filesystem::exists(folder_ / "ca.pem", ignored);
}

Status PkiFolder::init(const std::vector<std::string>& hosts, WallTime now, bool anew) const {
  if (auto folder = make_folder_of(folder_ / "lock"); !folder) return folder;
  const auto lock = locked();
  if (!lock) return lock.error();
  if (exists() && !anew) {
    return Error{ErrorCode::kInvalid,
                 folder_.string() +
                     " has an authority already: --renew for a new certificate of the gateway, "
                     "--force for a new authority, which all workers then have to join anew"};
  }
  const auto made =
      make_authority("Earshot authority", {.from = now - kBackdated, .until = now + kAuthorityDays});
  if (!made) return made.error();
  if (auto done = write_private_text(folder_ / "ca.key", made->key.reveal()); !done) return done;
  if (auto done = write_private_text(folder_ / "ca.pem", made->certificate); !done) return done;
  return make_gateway(hosts, now);
}

Status PkiFolder::renew_gateway(const std::vector<std::string>& hosts, WallTime now) const {
  const auto lock = locked();
  if (!lock) return lock.error();
  return make_gateway(hosts, now);
}

Status PkiFolder::make_gateway(std::vector<std::string> hosts, WallTime now) const {
  if (hosts.empty()) {
    const auto had = gateway_facts();
    if (!had) return had.error();
    hosts = had->hosts;
  }
  const auto signer = authority();
  if (!signer) return signer.error();
  const auto made = issue(*signer, {.kind = CertificateWish::Kind::kGateway,
                                    .name = "earshot-gateway",
                                    .hosts = std::move(hosts),
                                    .validity = {.from = now - kBackdated, .until = now + kCertificateDays}});
  if (!made) return made.error();
  if (auto done = write_private_text(folder_ / "gateway.key", made->key.reveal()); !done) return done;
  return write_private_text(folder_ / "gateway.pem", made->certificate);
}

Result<LinkIdentity> PkiFolder::make_worker(const std::string& name, WallTime now, bool replace) const {
  const auto lock = locked();
  if (!lock) return lock.error();
  const auto signer = authority();
  if (!signer) return signer.error();
  const auto had = held(name, replace);
  if (!had) return had.error();
  auto made = issue(*signer, wish_for(name, now));
  if (!made) return made.error();
  if (auto kept = keep(name, made->certificate, *had); !kept) return kept.error();
  return LinkIdentity{.authority = signer->certificate, .own = std::move(made).value()};
}

Result<std::string> PkiFolder::sign_worker(const std::string& name, const std::string& request, WallTime now,
                                           bool replace) const {
  const auto lock = locked();
  if (!lock) return lock.error();
  const auto signer = authority();
  if (!signer) return signer.error();
  const auto had = held(name, replace);
  if (!had) return had.error();
  auto made = sign_request(*signer, request, wish_for(name, now));
  if (!made) return made.error();
  if (auto kept = keep(name, *made, *had); !kept) return kept.error();
  return made;
}

Status PkiFolder::revoke(const std::string& name) const {
  if (!is_worker_name(name)) return Error{ErrorCode::kInvalid, "'" + name + "' is no worker's name"};
  const auto lock = locked();
  if (!lock) return lock.error();
  const auto facts = facts_in(worker_file(name));
  if (!facts) {
    if (facts.error().code != ErrorCode::kNotFound) return facts.error();
    return Error{ErrorCode::kNotFound, "no certificate was made for a worker '" + name + "'"};
  }
  return add_revoked(*facts);
}

Result<LinkIdentity> PkiFolder::gateway() const {
  auto authority_pem = read_text_file(folder_ / "ca.pem");
  if (!authority_pem) return authority_pem.error();
  auto certificate = read_text_file(folder_ / "gateway.pem");
  if (!certificate) return certificate.error();
  auto key = read_key_file(folder_ / "gateway.key");
  if (!key) return key.error();
  return LinkIdentity{.authority = std::move(authority_pem).value(),
                      .own = {.certificate = std::move(certificate).value(), .key = std::move(key).value()}};
}

Result<CertificateFacts> PkiFolder::authority_facts() const {
  return facts_in(folder_ / "ca.pem");
}

Result<CertificateFacts> PkiFolder::gateway_facts() const {
  return facts_in(folder_ / "gateway.pem");
}

Result<PkiFolder::Serials> PkiFolder::revoked() const {
  const auto text = read_text_file(folder_ / "revoked");
  if (!text && text.error().code == ErrorCode::kNotFound) return Serials{};
  if (!text) return text.error();
  Serials serials;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) serials.insert(line.substr(0, line.find(' ')));
  return serials;
}

std::vector<PkiFolder::Worker> PkiFolder::workers() const {
  const auto gone = revoked();
  std::vector<Worker> found;
  std::error_code ignored;  // no folder: no worker
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "workers", ignored)) {
    if (entry.path().extension() != ".pem" || found.size() == kMaxListed) continue;
    auto facts = facts_in(entry.path());
    if (!facts) continue;
    const bool is_revoked = gone.ok() && gone->contains(facts->serial);
    found.push_back({.facts = std::move(facts).value(), .revoked = is_revoked});
  }
  std::ranges::sort(found, {}, [](const Worker& worker) { return worker.facts.name; });
  return found;
}

std::vector<std::filesystem::path> PkiFolder::watched() const {
  return {folder_ / "ca.pem", folder_ / "gateway.pem", folder_ / "gateway.key", folder_ / "revoked"};
}

Result<Identity> PkiFolder::authority() const {
  auto certificate = read_text_file(folder_ / "ca.pem");
  if (!certificate) return no_authority();
  auto key = read_key_file(folder_ / "ca.key");
  if (!key) return key.error();
  return Identity{.certificate = std::move(certificate).value(), .key = std::move(key).value()};
}

Error PkiFolder::no_authority() const {
  return {ErrorCode::kNotFound,
          "there is no authority in " + folder_.string() + ": earshotctl pki init makes one"};
}

Result<FolderLock> PkiFolder::locked() const {
  auto lock = FolderLock::take(folder_ / "lock");
  if (!lock && lock.error().code == ErrorCode::kNotFound) return no_authority();
  return lock;
}

// A name that is revoked is free again: its old certificate is not taken in any case.
Result<PkiFolder::Held> PkiFolder::held(const std::string& name, bool replace) const {
  if (!is_worker_name(name))
    return Error{ErrorCode::kInvalid, "a worker's name must be 1 to 64 of A-Z a-z 0-9 . _ -"};
  auto had = facts_in(worker_file(name));
  if (!had && had.error().code == ErrorCode::kNotFound) return Held();
  if (!had) return had.error();
  const auto gone = revoked();
  if (!gone) return gone.error();
  if (gone->contains(had->serial)) return Held();
  if (!replace)
    return Error{ErrorCode::kInvalid, "there is a worker '" + name + "' with a certificate already"};
  return Held(std::move(had).value());
}

// The old one is revoked first: what is cut off in between leaves a name that is free, not one with two keys.
Status PkiFolder::keep(const std::string& name, const std::string& certificate, const Held& had) const {
  if (had) {
    if (auto done = add_revoked(*had); !done) return done;
  }
  return write_private_text(worker_file(name), certificate);
}

Status PkiFolder::add_revoked(const CertificateFacts& facts) const {
  auto text = read_text_file(folder_ / "revoked");
  if (!text && text.error().code != ErrorCode::kNotFound) return text.error();
  const auto known = revoked();
  if (known.ok() && known->contains(facts.serial)) return kDone;
  return write_private_text(folder_ / "revoked",
                            (text ? *text : std::string()) + facts.serial + " " + facts.name + "\n");
}

std::filesystem::path PkiFolder::worker_file(const std::string& name) const {
  return folder_ / "workers" / (name + ".pem");
}

}  // namespace earshot::tls
