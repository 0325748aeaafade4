// On what terms the clients of one device are served, and the verdict on one of them. The one place where a
// client is judged: the control plane asks it of a record, a shard of what it was told of that record.
//
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/auth/device_credentials.h"

namespace earshot::auth {

struct ClientTerms {
  bool admitted = false;                 // the device may be served at all
  std::string_view client_uuid = {};     // pinned; empty: any. Ends with the call
  std::uint32_t credential_minimum = 0;  // older generations are locked out (credential_generation.h)
};

enum class AdmissionVerdict {
  kAdmitted,
  kUnknownDevice,   // nothing is known of it
  kNotAdmitted,     // not bound, or blocked
  kOtherClient,     // not the pinned client: a MAC alone proves nothing
  kOldCredentials,  // of a generation that was locked out
};

// `terms` null: nothing is known of the device; `admit_unknown`: then it may talk (admission: open).
AdmissionVerdict judge_client(const ClientTerms* terms, bool admit_unknown, const ClientId& client);

// For logs.
std::string_view name(AdmissionVerdict verdict);

}  // namespace earshot::auth
