// HMAC-SHA256 over a key of any length (libsodium). Pure.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/bytes.h"

namespace earshot {

std::array<std::uint8_t, 32> hmac_sha256(ByteView key, ByteView message);

}  // namespace earshot
