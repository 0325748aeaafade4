// What a new worker is given: where the gateway is, whom to trust there, and a secret that is good once. One word,
// "earshot://HOST:PORT/TOKEN". Pure; what is parsed is hostile.
//
// The token is base64url (RFC 4648 5) without padding:
//   offset  size  meaning
//   0       1     1, the version
//   1       8     which token: public, under which the gateway knows it
//   9       16    the secret
//   25      32    SHA-256 of the authority's certificate: a gateway of another one is never told the secret
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace earshot::tls {

inline constexpr std::size_t kTokenIdBytes = 8;
inline constexpr std::size_t kTokenSecretBytes = 16;

struct JoinToken {
  std::string id;         // kTokenIdBytes
  Secret secret;          // kTokenSecretBytes
  std::string authority;  // fingerprint (certificates.h)
};

struct JoinAddress {
  std::string host;  // a name or a numeric address
  std::uint16_t port = 0;
  JoinToken token;
};

// REQUIRES: the sizes above.
Secret join_line(const JoinAddress& address);
// Errors: kInvalid, what is wrong, without the token itself.
Result<JoinAddress> parse_join_line(std::string_view text);

}  // namespace earshot::tls
