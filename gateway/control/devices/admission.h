// Who may talk to us: the policy of bootstrap. Pure.
//
// A MAC address proves nothing, everybody in radio range reads it. What a device has of its own is its client
// uuid (made at random at its first boot, in NVS) and, on some chips, a serial number with an HMAC key that
// never leaves the chip. So: the first uuid seen with a MAC is pinned, and a change needs the device's owner
// or, where we hold the key of its serial number, the chip's proof. Tools that make a new uuid at each boot need
// that switched off (admission.pin_uuid). docs/devices.md tells the whole story.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/auth/client_terms.h"
#include "common/auth/device_credentials.h"
#include "gateway/store/records.h"

namespace earshot::gateway {

enum class AdmissionMode {
  kBind,       // a device waits, showing a code, until a user has typed it in
  kAllowList,  // only devices that were entered beforehand; strangers get nothing, not even a code
  kOpen,       // whoever asks
};
std::optional<AdmissionMode> parse_admission_mode(std::string_view text);  // bind, allow-list, open
std::string_view name(AdmissionMode mode);
// What holds when nothing is configured: open only where nobody outside this machine can ask.
AdmissionMode default_admission(const std::vector<std::string>& listen_addresses);

// What a device told at boot, and what we know about the keys of the serial numbers in play.
struct BootClaim {
  std::string uuid;                // auth::credential_uuid()
  std::string serial;              // as told now; may be empty
  bool serial_key = false;         // we hold the key of `serial`
  bool record_serial_key = false;  // ... of the serial number in the device's record
  bool proven = false;             // it has just shown that it has the key of `serial`
  bool uuid_pinned = true;         // admission.pin_uuid; false: the uuid of the last boot is the device's
};

struct BootVerdict {
  enum class Kind {
    kAdmit,       // credentials
    kNeedsOwner,  // a code to be typed in, no credentials
    kNeedsProof,  // a challenge, no code, no credentials
    kRefuse,      // nothing
  };
  enum class Reason {
    kGood,
    kUnbound,      // nobody's yet
    kOtherClient,  // this MAC belongs to another uuid or serial number: a clone, or an erased NVS
    kSerial,       // the key of its serial number is known: it can prove itself, so it must
    kNotListed,
    kBlocked,
  };
  Kind kind = Kind::kRefuse;
  Reason reason = Reason::kNotListed;
  bool pin = false;  // kAdmit only: from now on `uuid` and `serial` are the device's
};
BootVerdict admit(AdmissionMode mode, const store::Device* known, const BootClaim& claim);
std::string_view name(BootVerdict::Reason reason);

// Whether a client of the broker may be served (client_terms.h): `known` null for a device without a record.
using auth::AdmissionVerdict;
AdmissionVerdict judge_client(AdmissionMode mode, const store::Device* known, const auth::ClientId& client);

// Whether the device may be served at all, whatever it shows.
bool is_admitted(AdmissionMode mode, const store::Device* known);

// Rotation: the next OTA answer hands out a new generation. The old ones stay good until the new one is first
// used, because the device asks at its next boot only; `now`: they are refused at once.
void rotate_credentials(store::Device& device, bool now);
// A client of this generation has come.
// RETURNS: whether older ones became worthless, so the record changed.
bool note_generation_used(store::Device& device, std::uint32_t generation);

// As the API shows it: waiting, bound, allowed, blocked, open.
std::string_view device_state(AdmissionMode mode, const store::Device& device);

}  // namespace earshot::gateway
