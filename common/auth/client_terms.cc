#include "common/auth/client_terms.h"

#include "common/auth/credential_generation.h"
#include "common/base/unreachable.h"

namespace earshot::auth {

AdmissionVerdict judge_client(const ClientTerms* terms, bool admit_unknown, const ClientId& client) {
  if (terms == nullptr) return admit_unknown ? AdmissionVerdict::kAdmitted : AdmissionVerdict::kUnknownDevice;
  if (!terms->admitted) return AdmissionVerdict::kNotAdmitted;
  // Attack: somebody asks for credentials with another device's MAC; he gets another client id than it has.
  if (!terms->client_uuid.empty() && terms->client_uuid != client.uuid) return AdmissionVerdict::kOtherClient;
  if (generation_of(client) < terms->credential_minimum) return AdmissionVerdict::kOldCredentials;
  return AdmissionVerdict::kAdmitted;
}

std::string_view name(AdmissionVerdict verdict) {
  switch (verdict) {
    case AdmissionVerdict::kAdmitted:
      return "admitted";
    case AdmissionVerdict::kUnknownDevice:
      return "unknown_device";
    case AdmissionVerdict::kNotAdmitted:
      return "not_admitted";
    case AdmissionVerdict::kOtherClient:
      return "other_client";
    case AdmissionVerdict::kOldCredentials:
      return "old_credentials";
  }
  unreachable("admission verdict");
}

}  // namespace earshot::auth
