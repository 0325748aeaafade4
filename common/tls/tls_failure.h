// Why a TLS connection did not come about, in words for the operator of this end: what is wrong, and what to do
// about it. Pure.
#pragma once

#include <string>

namespace earshot::tls {

struct TlsFailure {
  long verify_result = 0;   // of the peer's certificate, by this end: X509_V_*
  unsigned long error = 0;  // of OpenSSL's queue; 0: none
  bool client = false;      // this end dialled
};

std::string failure_text(const TlsFailure& failure);

}  // namespace earshot::tls
