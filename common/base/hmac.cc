#include "common/base/hmac.h"

#include <sodium.h>

namespace earshot {

std::array<std::uint8_t, 32> hmac_sha256(ByteView key, ByteView message) {
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> tag{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, tag.data());
  sodium_memzero(&state, sizeof state);
  return tag;
}

}  // namespace earshot
