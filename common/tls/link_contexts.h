// The TLS of links between gateways and workers: 1.3 only, both ends with a certificate of one authority, no
// session is resumed (it would outlive a revocation). What is spoken is agreed on in the handshake (ALPN), so
// that another major version is refused there, with a reason for both ends.
//
// Runs on: any thread; what is made may be shared between them.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "common/base/result.h"
#include "common/tls/certificates.h"
#include "common/tls/tls_session.h"

namespace earshot::tls {

// The number is the major version: it changes when an older end could not go on.
inline constexpr std::string_view kLinkProtocol = "earshot-link/1";
// A worker without a certificate that has a token (docs/protocol_ipc.md, "Joining").
inline constexpr std::string_view kJoinProtocol = "earshot-join/1";

struct LinkIdentity {
  std::string authority;  // PEM
  Identity own;
};

class LinkContexts {
 public:
  // Errors, of all three: kInvalid; the certificates and keys do not fit together.
  // `revoked`: serials of workers' certificates that are not taken.
  static Result<TlsContext> gateway(const LinkIdentity& identity, std::set<std::string, std::less<>> revoked);
  static Result<TlsContext> worker(const LinkIdentity& identity);
  // For a worker that has a token: trusts the authority with this fingerprint, which the gateway shows along.
  static Result<TlsContext> joining(const std::string& authority_fingerprint);
};

}  // namespace earshot::tls
