// Certificates of an authority of our own (X.509, RFC 5280): made, read, signed. All keys are EC P-256. Pure but
// for randomness and the clock; what is read is hostile.
//
// A gateway's certificate may only be shown by who is dialled, a worker's only by who dials: neither can pose as
// the other (extended key usage, RFC 5280 4.2.1.12).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret.h"

struct x509_st;

namespace earshot::tls {

using WallTime = std::chrono::system_clock::time_point;

// A certificate and its key, both PEM.
struct Identity {
  std::string certificate;
  Secret key;
};

struct CertificateFacts {
  std::string name;                // common name
  std::string serial;              // hexadecimal digits in lower case
  std::string fingerprint;         // SHA-256 of the whole certificate, likewise
  std::vector<std::string> hosts;  // names and addresses that it is good for
  WallTime from;
  WallTime until;
};

struct Validity {
  WallTime from;
  WallTime until;
};

struct CertificateWish {
  enum class Kind { kGateway, kWorker };
  Kind kind = Kind::kWorker;
  std::string name;                     // common name, 1 to 64 bytes
  std::vector<std::string> hosts = {};  // of a gateway: DNS names and numeric addresses
  Validity validity;
};

// Who asks for a certificate: the key stays where it was made.
struct CertificateRequest {
  Secret key;
  std::string request;  // PEM, PKCS #10
};

Result<Identity> make_authority(const std::string& name, const Validity& validity);
// With a key made anew.
Result<Identity> issue(const Identity& authority, const CertificateWish& wish);
Result<CertificateRequest> make_request(const std::string& name);
// For the key of the request, which must have been signed with it; its wishes are not looked at.
// Errors: kInvalid, what is wrong with the request.
Result<std::string> sign_request(const Identity& authority, const std::string& request,
                                 const CertificateWish& wish);
// Errors: kInvalid.
Result<CertificateFacts> facts_of(const std::string& certificate);

// For the files of this folder.
std::string common_name(const x509_st& certificate);  // empty when it has none, or one with a zero byte
std::string serial_text(const x509_st& certificate);
std::string fingerprint_of(const x509_st& certificate);

}  // namespace earshot::tls
