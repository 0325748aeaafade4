// What a request shows to prove who it is from: bearer tokens and cookies, from hostile headers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/secret.h"

namespace earshot::gateway::api {

// `ear_<id>_<secret>`: the id is public, of the secret only its hash is kept.
struct TokenText {
  std::string id;
  Secret secret;

  static TokenText random();
  static std::optional<TokenText> parse(std::string_view text);
  std::string text() const;
};

// `Bearer <token>`. nullopt: another scheme, or no token of ours.
std::optional<TokenText> parse_authorization(std::string_view header);
// The value of a cookie of that name; nullopt when there is none.
std::optional<std::string> find_cookie(std::string_view header, std::string_view name);

// SHA-256 as hex: enough for 32 random bytes, which cannot be guessed as passwords can.
std::string hash_of(const Secret& secret);

// So many random bytes as hex.
std::string random_hex(std::size_t bytes);
// For people to type: 16 characters of an alphabet without look-alikes (about 79 bits).
std::string random_password();

inline constexpr std::string_view kLocalTokenId = "local";

}  // namespace earshot::gateway::api
