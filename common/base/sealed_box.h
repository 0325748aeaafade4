// Encrypts short secrets so that they can lie in a database, and tells when they were changed (libsodium's
// secretbox: XSalsa20 and Poly1305).
//
// Pure but for the random nonce. Each `purpose` has a key of its own, made from `key`: what was sealed for
// one cannot be passed off as another's, by whoever can write to the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/secret.h"

namespace earshot {

// RETURNS: printable text.
// REQUIRES: a key that is not empty; its strength is what protects.
std::string seal(const Secret& key, std::string_view purpose, std::string_view plain);
// nullopt: another key, another purpose, or it was changed.
std::optional<Secret> unseal(const Secret& key, std::string_view purpose, std::string_view sealed);

}  // namespace earshot
