#include "common/base/sha256.h"

#include <sodium.h>

namespace earshot {

std::array<std::uint8_t, 32> sha256(ByteView message) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), message.data(), message.size());
  return digest;
}

}  // namespace earshot
