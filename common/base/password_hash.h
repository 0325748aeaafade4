// Passwords of people: argon2id (libsodium). Slow and memory-hungry on purpose (64 MiB, some 50 ms): never on
// a thread that serves.
#pragma once

#include <string>

#include "common/base/secret.h"

namespace earshot {

// The text to keep: algorithm, costs, salt and hash. Empty when there is no memory for it.
std::string hash_password(const Secret& password);
// False for a wrong password, and for what is no hash.
bool verify_password(const Secret& password, const std::string& hash);
// A hash that no password fits and that takes as long to verify as any other: for users that do not exist.
const std::string& dummy_password_hash();

}  // namespace earshot
