// SHA-256 (libsodium). Pure.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/bytes.h"

namespace earshot {

std::array<std::uint8_t, 32> sha256(ByteView message);

}  // namespace earshot
