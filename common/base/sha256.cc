#include "common/base/sha256.h"

#include <sodium.h>

#include <new>

namespace earshot {

namespace {

crypto_hash_sha256_state* state_of(std::array<std::byte, 104>& storage) {
  return std::launder(reinterpret_cast<crypto_hash_sha256_state*>(storage.data()));
}

}  // namespace

std::array<std::uint8_t, 32> sha256(ByteView message) {
  std::array<std::uint8_t, 32> digest{};
  crypto_hash_sha256(digest.data(), message.data(), message.size());
  return digest;
}

Sha256::Sha256() {
  static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(state_));
  static_assert(alignof(crypto_hash_sha256_state) <= 8);
  new (state_.data()) crypto_hash_sha256_state;
  crypto_hash_sha256_init(state_of(state_));
}

void Sha256::update(ByteView piece) {
  crypto_hash_sha256_update(state_of(state_), piece.data(), piece.size());
}

std::array<std::uint8_t, 32> Sha256::finish() {
  std::array<std::uint8_t, 32> digest{};
  crypto_hash_sha256_final(state_of(state_), digest.data());
  return digest;
}

}  // namespace earshot
