// Tokens that let a device in over WebSocket (device-protocol 5), and what such a device is called.
//
// A device over WebSocket is known by the client id that it would have over MQTT, in a group of its own: WS_ in
// place of GID_. No broker lets such a client in, so the two never meet, and language and generation travel in it
// as they do there (device_language.h, credential_generation.h).
//
//   token = base64url(client id) . expiry (hex, Unix seconds) . base64url(HMAC-SHA256(k, client id | expiry))
//   k     = from the device key, so that no token is a password
//   the established server's: base64url(HMAC-SHA256(key, uuid | MAC | made)) . made (decimal, Unix seconds)
//
// Pure. A device keeps its token for months (trap 4): it is renewed at each boot, and locked out by raising the
// minimum generation, not by a short life.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/base/ids.h"
#include "common/base/secret.h"

namespace earshot::auth {

inline constexpr std::size_t kMaxTokenBytes = 1024;

// REQUIRES: a client id as make_credentials() gives it.
ClientId websocket_client(const ClientId& mqtt);
bool is_websocket_client(std::string_view client_id);

// REQUIRES: a key that is not empty, a client of websocket_client().
std::string make_websocket_token(const Secret& device_key, const ClientId& client,
                                 std::chrono::sys_seconds expiry);
// nullopt: forged, expired, or no such token. Constant-time comparison.
std::optional<ClientId> read_websocket_token(const Secret& device_key, std::string_view token,
                                             std::chrono::sys_seconds now);

// Of the established server: it names no client, so the device does. `device` and `uuid` as the device writes them.
bool is_established_token(const Secret& key, std::string_view token, std::string_view uuid,
                          std::string_view device, std::chrono::sys_seconds now, std::chrono::days life);

// What stands behind "Bearer" in an Authorization header, or the whole of one without it.
std::string_view bearer_token(std::string_view authorization);

}  // namespace earshot::auth
