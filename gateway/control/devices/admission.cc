#include "gateway/control/devices/admission.h"

#include <algorithm>

#include "common/base/unreachable.h"
#include "common/http/client_address.h"

namespace earshot::gateway {

namespace {

using Kind = BootVerdict::Kind;
using Reason = BootVerdict::Reason;

enum class Identity {
  kNew,    // nothing is pinned yet
  kSame,   // what is pinned, as far as the uuid goes
  kChip,   // the serial number of the record, whose key we hold: its proof counts, and nothing else
  kOther,  // somebody else
};

Identity identify(const store::Device* known, const BootClaim& claim) {
  if (known == nullptr || known->client_uuid.empty()) return Identity::kNew;
  if (!known->serial.empty() && claim.record_serial_key) {
    // Leaving the serial number out, or telling another one, is what somebody does who cannot prove it.
    return claim.serial == known->serial ? Identity::kChip : Identity::kOther;
  }
  return claim.uuid == known->client_uuid || !claim.uuid_pinned ? Identity::kSame : Identity::kOther;
}

}  // namespace

std::optional<AdmissionMode> parse_admission_mode(std::string_view text) {
  for (const auto mode : {AdmissionMode::kBind, AdmissionMode::kAllowList, AdmissionMode::kOpen}) {
    if (text == name(mode)) return mode;
  }
  return std::nullopt;
}

std::string_view name(AdmissionMode mode) {
  switch (mode) {
    case AdmissionMode::kBind:
      return "bind";
    case AdmissionMode::kAllowList:
      return "allow-list";
    case AdmissionMode::kOpen:
      return "open";
  }
  unreachable("admission mode");
}

AdmissionMode default_admission(const std::vector<std::string>& listen_addresses) {
  return std::ranges::all_of(listen_addresses, http::is_loopback) ? AdmissionMode::kOpen
                                                                  : AdmissionMode::kBind;
}

BootVerdict admit(AdmissionMode mode, const store::Device* known, const BootClaim& claim) {
  if (known != nullptr && known->blocked) return {Kind::kRefuse, Reason::kBlocked, false};
  const bool bound = known != nullptr && known->bound;
  if (mode == AdmissionMode::kAllowList && !bound) return {Kind::kRefuse, Reason::kNotListed, false};
  if (mode == AdmissionMode::kBind && !bound) return {Kind::kNeedsOwner, Reason::kUnbound, false};
  const Identity identity = identify(known, claim);
  if (identity == Identity::kOther) return {Kind::kNeedsOwner, Reason::kOtherClient, false};
  if (claim.serial_key && !claim.proven) return {Kind::kNeedsProof, Reason::kSerial, false};
  const bool pin = known == nullptr || known->client_uuid != claim.uuid || known->serial != claim.serial;
  return {Kind::kAdmit, Reason::kGood, pin};
}

std::string_view name(BootVerdict::Reason reason) {
  switch (reason) {
    case Reason::kGood:
      return "good";
    case Reason::kUnbound:
      return "unbound";
    case Reason::kOtherClient:
      return "other_client";
    case Reason::kSerial:
      return "serial";
    case Reason::kNotListed:
      return "not_listed";
    case Reason::kBlocked:
      return "blocked";
  }
  unreachable("admission reason");
}

bool is_admitted(AdmissionMode mode, const store::Device* known) {
  if (known == nullptr) return mode == AdmissionMode::kOpen;
  return !known->blocked && (known->bound || mode == AdmissionMode::kOpen);
}

AdmissionVerdict judge_client(AdmissionMode mode, const store::Device* known, const auth::ClientId& client) {
  const bool admit_unknown = is_admitted(mode, nullptr);
  if (known == nullptr) return auth::judge_client(nullptr, admit_unknown, client);
  const auth::ClientTerms terms{.admitted = is_admitted(mode, known),
                                .client_uuid = known->client_uuid,
                                .credential_minimum = known->credential_minimum};
  return auth::judge_client(&terms, admit_unknown, client);
}

void rotate_credentials(store::Device& device, bool now) {
  ++device.credential_issued;
  if (now) device.credential_minimum = device.credential_issued;
}

bool note_generation_used(store::Device& device, std::uint32_t generation) {
  if (generation <= device.credential_minimum) return false;
  device.credential_minimum = generation;
  // Only our key signs generations: one that is not in the records comes from records that were lost.
  device.credential_issued = std::max(device.credential_issued, generation);
  return true;
}

std::string_view device_state(AdmissionMode mode, const store::Device& device) {
  if (device.blocked) return "blocked";
  if (device.bound) return device.owner.empty() ? "allowed" : "bound";
  return mode == AdmissionMode::kOpen ? "open" : "waiting";
}

}  // namespace earshot::gateway
