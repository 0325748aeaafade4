#include "common/base/password_hash.h"

#include <sodium.h>

#include <array>

#include "common/base/check.h"

namespace earshot {

namespace {

// Idempotent and safe from any thread.
void start_library() {
  EARSHOT_CHECK(sodium_init() >= 0, "libsodium does not start");
}

}  // namespace

std::string hash_password(const Secret& password) {
  start_library();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const auto bytes = password.reveal();
  if (crypto_pwhash_str_alg(text.data(), bytes.data(), bytes.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return {};
  }
  return text.data();
}

bool verify_password(const Secret& password, const std::string& hash) {
  start_library();
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  const auto bytes = password.reveal();
  return crypto_pwhash_str_verify(hash.c_str(), bytes.data(), bytes.size()) == 0;
}

const std::string& dummy_password_hash() {
  // Costs as crypto_pwhash_*_INTERACTIVE (t=2, m=65536, p=1), salt and hash of zeroes.
  static const std::string kHash =
      "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  return kHash;
}

}  // namespace earshot
