#include "common/base/random.h"

#include <sodium.h>

namespace earshot {

void fill_random(std::span<std::uint8_t> out) {
  randombytes_buf(out.data(), out.size());
}

std::uint32_t random_u32() {
  return randombytes_random();
}

}  // namespace earshot
