// What a gateway shows to workers on other machines, and whom of them it does not take. A value shared between
// threads; never changed.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "common/tls/tls_session.h"

namespace earshot::gateway {

struct LinkKeys {
  tls::TlsContext context;
  std::set<std::string, std::less<>> revoked;  // serials
  std::string authority;                       // fingerprint: whose certificates are taken
};
using LinkKeysPtr = std::shared_ptr<const LinkKeys>;

}  // namespace earshot::gateway
