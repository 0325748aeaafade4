// MQTT identities of devices: reading client ids, signing and verifying passwords (device-protocol 2.2).
//
//   client id = <group>@@@<mac with '_'>@@@<uuid>   (old tools: <group>@@@<mac_>, two parts)
//   group     = GID_<board>.<language>.r<generation>  (what is not known is left out)
//   password  = base64(HMAC-SHA256(key, client_id + "|" + username))
//
// Pure. Used on both sides: the OTA door makes credentials, the broker's plugin verifies them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/secret.h"

namespace earshot::auth {

inline constexpr std::size_t kMaxClientIdBytes = 256;
inline constexpr std::size_t kMaxUsernameBytes = 1024;  // the reference signs whatever it is given

// A client id that was checked: printable ASCII without space, `/ + #` (it becomes a topic level) and `|` (it
// would move the boundary of the signed text), its second part a MAC address.
struct ClientId {
  std::string text;   // exactly as given: it is what was signed, and what the broker knows the client by
  std::string group;  // never empty
  DeviceId device;
  std::string uuid;  // empty in a two-part id
};
std::optional<ClientId> parse_client_id(std::string_view text);

enum class LoginVerdict { kGood, kBadClientId, kBadPassword };

// base64, 44 characters.
// REQUIRES: a key that is not empty.
std::string sign(const Secret& key, std::string_view client_id, std::string_view username);

// Constant-time comparison; a two-part id needs its password too. An empty key verifies nothing (the
// reference gateway then lets everybody in).
LoginVerdict verify(const Secret& key, std::string_view client_id, std::string_view username,
                    std::string_view password);

// What the OTA answer hands to a device.
struct DeviceCredentials {
  ClientId client_id;
  std::string username;  // base64 of a small constant JSON object: no address, no name
  Secret password;
};

// `uuid` and `board_type` come from a hostile HTTP request. A uuid that is not of the form 8-4-4-4-12 is
// replaced by the MAC (as XS does); characters of the board type outside [A-Za-z0-9._-] become '-', at most
// 64 are kept. The same arguments always give the same credentials: a device keeps them for months (trap 4).
// `generation`: credential_generation.h.
// REQUIRES: a DeviceId that was parsed, and a key that is not empty.
DeviceCredentials make_credentials(const DeviceId& device, std::string_view uuid, std::string_view board_type,
                                   const Secret& key, std::uint32_t generation = 0);

// The third part of the client id that make_credentials() would make: the uuid, or what stands in for it.
// The gateway pins it, and compares it with what a client shows.
std::string credential_uuid(const DeviceId& device, std::string_view uuid);

}  // namespace earshot::auth
