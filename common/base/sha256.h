// SHA-256 (libsodium). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"

namespace earshot {

std::array<std::uint8_t, 32> sha256(ByteView message);

// Of a message that comes in pieces.
class Sha256 {
 public:
  Sha256();
  void update(ByteView piece);
  std::array<std::uint8_t, 32> finish();  // once

 private:
  // crypto_hash_sha256_state, so that libsodium's header stays out of ours.
  alignas(8) std::array<std::byte, 104> state_{};
};

}  // namespace earshot
